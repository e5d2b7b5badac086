#include "window_gate.h"

#include <string.h>

#include "../../windows/window_wire.h"
#include "../detail.h"
#include "../engine.h"
#include "../net/connect.h"
#include "../vm.h"

namespace shuttle {

namespace {

constexpr size_t kMostOpen = 8, kMostHeard = 64;
constexpr uint32_t kFirstRegistered = 0xC000;
constexpr int32_t kAccessDenied = static_cast<int32_t>(0xC0000022);  // STATUS_ACCESS_DENIED

std::string refusal(uint32_t number) {
  sh_window_frame head{};
  head.say = SH_RESULT;
  head.number = number;
  head.outcome = SH_REFUSED;
  return {reinterpret_cast<const char*>(&head), sizeof head};
}

}  // namespace

struct WindowCall {
  sh_window_frame head;
  std::string_view name;
};

WindowGate::WindowGate(const Asking& asking, Owner owner, std::optional<uint32_t> channel)
    : vm_(asking.vm), found_([&] {
        Asking found = asking;
        found.vm.reset();
        found.op = Op::kWindowSend;
        return found;
      }()), owner_(std::move(owner)), channel_(channel) {}

bool WindowGate::pass(int direction, std::string_view packet, std::string& back) {
  return direction == 1 ? answer(packet) : admit(packet, back);
}

const Tap* WindowGate::carrier(const Vm& vm, const Ruling& ruling) {
  if (!is_carrier(vm, ruling)) return nullptr;
  const auto known = carriers_.find(ruling.rule);
  if (known != carriers_.end()) return &known->second;
  auto tap = tap_for(vm, ruling);
  return tap ? &carriers_.emplace(ruling.rule, std::move(*tap)).first->second : nullptr;
}

void WindowGate::hear(int direction, uint32_t number, std::string_view data) {
  const auto found = heard_.find(number);
  if (found != heard_.end() && !data.empty()) found->second->hear(direction, data);
}

bool WindowGate::answer(std::string_view packet) {
  sh_window_frame head;
  if (packet.size() < sizeof head) return false;
  memcpy(&head, packet.data(), sizeof head);
  hear(1, head.number, packet.substr(sizeof head));
  const bool result = head.say == SH_RESULT || head.say == SH_RESULT_MORE;
  if (result && !head.more) heard_.erase(head.number);
  return true;
}

bool WindowGate::admit(std::string_view packet, std::string& back) {
  WindowCall call{};
  if (packet.size() < sizeof call.head) return false;
  memcpy(&call.head, packet.data(), sizeof call.head);
  const uint64_t rest = packet.size() - sizeof call.head;
  if (call.head.name_bytes > SH_MOST_MESSAGE_NAME || uint64_t{call.head.name_bytes} + call.head.data_bytes != rest) return false;
  call.name = packet.substr(sizeof call.head, call.head.name_bytes);
  const std::string_view data = packet.substr(sizeof call.head + call.name.size());
  if (call.head.say == SH_CALL_MORE) {
    const bool known = open_.contains(call.head.number) && call.name.empty();
    if (known) hear(0, call.head.number, data);
    if (known && !call.head.more) open_.erase(call.head.number);
    return known;
  }
  if (call.head.say != SH_CALL || open_.contains(call.head.number)) return false;
  const bool full = call.head.more && open_.size() >= kMostOpen;
  if (full || !decide(call)) {
    if (call.head.how == SH_HOW_SEND) back = refusal(call.head.number);
    return false;
  }
  if (call.head.more) open_.insert(call.head.number);
  hear(0, call.head.number, data);
  return true;
}

bool WindowGate::decide(const WindowCall& call) {
  Asking asking = found_;
  asking.vm = vm_.lock();
  if (!asking.vm) return false;
  asking.began = asking.vm->engine.record->now_ns();
  asking.message = call.name.empty() ? std::to_string(call.head.message) : std::string(call.name);
  Detail detail;
  if (!asking.title.empty()) detail.text("title", asking.title);
  if (call.name.empty()) detail.number("message", call.head.message);
  else detail.text("message", call.name);
  if (call.head.how == SH_HOW_POST) detail.flag("posted", true);
  Ruling ruling = rule_for(asking, {owner_});
  // What points into its sender's memory cannot cross, nor a registered message by the number it has in one VM.
  const bool unfit = call.head.shape == SH_SHAPE_NONE || (call.name.empty() && call.head.message >= kFirstRegistered);
  if (unfit) detail.text("why", "not a message that can be carried");
  if (unfit && ruling.verdict == Verdict::kShuttled) ruling.verdict = Verdict::kBlocked;
  const bool passes = ruling.verdict == Verdict::kShuttled;
  heard_.erase(call.head.number);
  const Tap* heard = passes && call.head.how == SH_HOW_SEND && heard_.size() < kMostHeard ? carrier(*asking.vm, ruling) : nullptr;
  if (heard) heard_[call.head.number] = heard;
  record_asking(asking, &owner_, ruling.verdict, ruling, {.status = passes ? 0 : kAccessDenied, .detail = std::move(detail).done(), .channel = channel_});
  return passes;
}

}  // namespace shuttle
