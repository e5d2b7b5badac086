#include "dns.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>

#include "../engine.h"
#include "../vm.h"
#include "connect.h"
#include "dns_door.h"
#include "inside.h"
#include "machine.h"
#include "own_listeners.h"
#include "place.h"
#include "sock_diag.h"
#include "state.h"

namespace shuttle {
namespace {

constexpr size_t kMostDoors = 32;
constexpr uint16_t kDnsPort = 53;

// A socket of the engine's at `server` inside the VM.
Fd socket_inside(const Trap& trap, const Address& server, int type) {
  int error = 0;
  Fd socket = trap.vm.init().make_socket(server.family, type | SOCK_NONBLOCK, 0, &error);
  if (!socket) return socket;
  may_stand_anywhere(socket.get(), server.family);
  if (bind_inside(socket.get(), server) != 0) return Fd();
  if (type == SOCK_STREAM && listen(socket.get(), 16) != 0) return Fd();
  return socket;
}

// Whether a program, here or in another VM, is itself the name server that is meant.
bool a_vm_serves(const Trap& trap, const Address& server) {
  sockaddr_storage at;
  server.put(at);
  auto& address = reinterpret_cast<sockaddr&>(at);
  NetState& state = net_of(trap.vm);
  auto ours = [&](uint32_t inode) { return state.udp.is_ours(inode) || is_own_listener(inode); };
  if (tcp_listens(trap.vm.diag(), address, nullptr, ours)) return true;
  if (!is_machine_address(server)) return false;
  return std::ranges::any_of(Place::others(trap.vm), [&](const Place& place) {
    return !place.is_host() && tcp_listens(place.diag(), address, nullptr, is_own_listener);
  });
}

// With a port from the start, so that whoever comes to the door is known.
Address client_with_port(int socket) {
  sockaddr_storage at{};
  socklen_t length = sizeof at;
  getsockname(socket, reinterpret_cast<sockaddr*>(&at), &length);
  auto& own = reinterpret_cast<sockaddr&>(at);
  if (Address::of(own).port == 0) {
    length = Address::any(own.sa_family, 0).put(at);
    if (bind(socket, &own, length) != 0) return {};
    length = sizeof at;
    getsockname(socket, &own, &length);
  }
  return Address::of(own);
}

}  // namespace

bool DnsDoors::meet_udp(const Trap& trap, const Address& client, const Address& server) {
  return meet(trap, client, server, SOCK_DGRAM);
}

bool DnsDoors::meet_tcp(const Trap& trap, const Address& client, const Address& server) {
  return meet(trap, client, server, SOCK_STREAM);
}

bool DnsDoors::meet(const Trap& trap, const Address& client, const Address& server, int type) {
  const Key key{type, server};
  std::lock_guard lock(mutex_);
  if (closed_) return false;
  auto found = doors_.find(key);
  if (found == doors_.end()) {
    Fd socket = socket_inside(trap, server, type);
    if (!socket) return false;
    net_of(trap.vm).udp.add_ours(socket.get());
    auto door = std::make_shared<DnsDoor>(trap.vm.engine, trap.vm.name(), std::move(socket), type == SOCK_STREAM);
    door->start();
    found = doors_.emplace(key, std::move(door)).first;
    order_.push_back(key);
  }
  found->second->expect(client, trap.shared_caller());
  if (order_.size() > kMostDoors) {
    doors_[order_.front()]->close();
    doors_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void DnsDoors::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (auto& [key, door] : doors_) door->close();
  doors_.clear();
  order_.clear();
}

std::optional<Answer> connect_dns(const Trap& trap, int socket, const sockaddr_storage& address, socklen_t length) {
  const auto& target = reinterpret_cast<const sockaddr&>(address);
  const Address server = Address::of(target, length).reached();
  if (server.port != kDnsPort || !is_of(trap.vm, socket) || a_vm_serves(trap, server)) return std::nullopt;
  const Address client = client_with_port(socket);
  if (!client || !net_of(trap.vm).dns.meet_tcp(trap, client, server)) return std::nullopt;
  return connect(socket, &target, length) == 0 ? Answer::give(0) : Answer::fail(errno);
}

}  // namespace shuttle
