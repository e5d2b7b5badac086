#include "state.h"

#include <mutex>

#include "../vm.h"

namespace shuttle {
namespace {

std::mutex making;

}  // namespace

NetState& net_of(Vm& vm) {
  std::lock_guard lock(making);
  if (!vm.net) vm.net = std::make_shared<NetState>();
  return *vm.net;
}

void close_net(Vm& vm) {
  std::shared_ptr<NetState> state;
  {
    std::lock_guard lock(making);
    state = vm.net;
  }
  if (!state) return;
  state->udp.close();
  state->dns.close();
}

}  // namespace shuttle
