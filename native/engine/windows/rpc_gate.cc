#include "rpc_gate.h"

#include <string.h>

#include "../../windows/wire.h"
#include "../detail.h"
#include "../engine.h"
#include "../pattern.h"
#include "../vm.h"

namespace shuttle {

namespace {

constexpr size_t kMostBound = 256, kMostDecided = 4096;
constexpr int32_t kAccessDenied = static_cast<int32_t>(0xC0000022);  // STATUS_ACCESS_DENIED

constexpr const char* kOfItsClass = "shuttle:com";

std::string framed(const std::string& bytes) {
  const sh_frame head{.kind = SH_DATA, .flags = 0, .bytes = static_cast<uint32_t>(bytes.size())};
  return std::string(reinterpret_cast<const char*>(&head), sizeof head) + bytes;
}

}  // namespace

RpcGate::RpcGate(const Asking& asking, Owner owner, std::optional<uint32_t> channel, std::optional<ComCalls> com)
    : vm_(asking.vm), found_([&] {
        Asking found = asking;
        found.vm.reset();
        found.access = 0;
        return found;
      }()), owner_(std::move(owner)), channel_(channel), com_(std::move(com)) {}

bool RpcGate::is_for(std::string_view pipe) { return folded(pipe).starts_with("\\\\.\\PIPE\\LRPC\\"); }

bool RpcGate::pass(int direction, std::span<char> frame, std::string& back) {
  if (direction == 1 && !com_) return true;
  sh_frame head{};
  if (frame.size() < sizeof head) return false;
  memcpy(&head, frame.data(), sizeof head);
  if (head.kind != SH_DATA) return true;  // an end
  const std::span<char> bytes = frame.subspan(sizeof head);
  if (direction == 1) return com_->to_client(bytes), true;
  const auto packet = head.flags & SH_FRAME_MORE ? std::nullopt : rpc_packet({bytes.data(), bytes.size()});
  if (!packet) return false;
  if (admit(*packet)) {
    if (com_) com_->to_server(bytes, *packet, interface_of(*packet));
    return true;
  }
  back = framed(rpc_refusal(*packet));
  return false;
}

std::string RpcGate::interface_of(const RpcPacket& packet) const {
  const auto context = bound_.find(packet.context);
  return context == bound_.end() ? std::string() : context->second.interface;
}

bool RpcGate::admit(const RpcPacket& packet) {
  if (packet.kind == RpcPacket::Kind::kOther) return true;
  if (packet.kind == RpcPacket::Kind::kRequest) {
    const auto context = bound_.find(packet.context);
    return context != bound_.end() && decide(Op::kRpcCall, context->second, std::to_string(packet.operation));
  }
  for (const auto& context : packet.contexts)
    if (bound_.size() >= kMostBound || !decide(Op::kRpcBind, context, {})) return false;
  // A number means what was first bound by it: a server that refuses a second use of it cannot then be told otherwise.
  for (const auto& context : packet.contexts) {
    const auto [known, fresh] = bound_.emplace(context.id, context);
    if (!fresh && known->second.interface != context.interface) return false;
  }
  return true;
}

bool RpcGate::decide(Op op, const RpcPacket::Context& context, const std::string& operation) {
  const auto known = decided_.find({context.interface, operation});
  if (known != decided_.end()) return known->second;
  Asking asking = found_;
  asking.vm = vm_.lock();
  if (!asking.vm || decided_.size() >= kMostDecided) return false;
  asking.began = asking.vm->engine.record->now_ns();
  asking.op = op;
  asking.object = context.interface;
  asking.operation = operation;
  Detail detail;
  detail.text("version", context.version);
  if (!operation.empty()) detail.text("operation", operation);
  if (com_) detail.text("class", com_->class_id());
  Ruling ruling = rule_for(asking, {owner_});
  // Allowed by the rule of its class: of itself it proposes none.
  if (com_ && ruling.rule.empty()) ruling.verdict = Verdict::kShuttled, ruling.rule = kOfItsClass;
  const bool passes = ruling.verdict == Verdict::kShuttled;
  record_asking(asking, &owner_, ruling.verdict, ruling, {.status = passes ? 0 : kAccessDenied, .detail = detail.done(), .channel = channel_});
  return decided_[{context.interface, operation}] = passes;
}

}  // namespace shuttle
