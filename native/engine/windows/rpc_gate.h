#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "carrier.h"
#include "com_calls.h"
#include "rpc_pdu.h"

namespace shuttle {

// Stands on a pipe of local RPC (`lrpc\…`): decides about each interface that is bound (`rpc.bind`) and each operation that
// is called (`rpc.call`, with `operation:`), and records each once for a channel. What is no whole packet ends there. Where
// the pipe is that of COM objects, the rule for their class has said yes to it all, and only a refusal takes something out.
class RpcGate {
 public:
  RpcGate(const Asking& asking, Owner owner, std::optional<uint32_t> channel, std::optional<ComCalls> com = {});

  // Whether a pipe is one of local RPC.
  static bool is_for(std::string_view pipe);
  // See Gate. Direction 0 is to the server.
  bool pass(int direction, std::span<char> frame, std::string& back);

 private:
  bool admit(const RpcPacket& packet);
  std::string interface_of(const RpcPacket& packet) const;
  bool decide(Op op, const RpcPacket::Context& context, const std::string& operation);

  const std::weak_ptr<Vm> vm_;
  const Asking found_;  // its `vm` unset
  const Owner owner_;
  const std::optional<uint32_t> channel_;
  std::optional<ComCalls> com_;
  std::map<uint16_t, RpcPacket::Context> bound_;
  std::map<std::pair<std::string, std::string>, bool> decided_;  // interface and operation
};

}  // namespace shuttle
