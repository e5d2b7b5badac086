// Messages to all windows. They go to those of the sender's own VM, and besides to each VM that knows the message: one that
// registered its name too, where the rules (or learning) let it, or any whose rule names it. The system's own (WM_CLOSE and
// its like) go only where a rule says that very number.
#include "broadcasts.h"

#include <algorithm>

#include "../../windows/ops.h"
#include "../engine.h"
#include "../vm.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr uint64_t kFirstRegistered = 0xC000;
// extra of a question: the number, both values, whether the sender waits.
enum Extra { kMessage, kW, kL, kWaits };

bool is_registered(const Asking& asking) { return asking.extra[kMessage] >= kFirstRegistered; }

class Broadcasts final : public Carrier {
 public:
  Op served() const override { return Op::kWindowFind; }
  std::vector<Op> asked() const override { return {Op::kWindowBroadcast}; }
  bool to_each() const override { return true; }
  bool looks() const override { return true; }

  // `*`, a zero and the name of a registered message.
  void understand(Asking& asking) const override {
    const size_t zero = std::min(asking.object.find('\0'), asking.object.size());
    asking.message = is_registered(asking) ? asking.object.substr(std::min(zero + 1, asking.object.size())) : std::to_string(asking.extra[kMessage]);
    asking.object.resize(zero);
  }

  bool may_have(const Asking& asking, Vm& other) const override {
    const Claims& claims = other.agents->claims();
    if (!claims.any(Op::kWindowFind)) return false;
    return is_registered(asking) ? claims.find(Op::kAtomAdd, asking.message) : is_named(asking, other);
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling&) override {
    const std::string name = is_registered(asking) ? asking.message : std::string();
    const auto said = owner.agents->dock().order(
        {.what = SH_OPEN, .op = OP_WINDOW_BROADCAST, .extra = {asking.extra[kMessage], asking.extra[kW], asking.extra[kL], asking.extra[kWaits]}, .name = name});
    if (!said || said->status != 0) return {.told = {.verdict = SH_BLOCKED}, .status = said ? said->status : kGone, .kept = true};
    return {.told = {.verdict = SH_DONE}};
  }

 private:
  static constexpr int32_t kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED

  static bool is_named(const Asking& asking, const Vm& other) {
    return std::ranges::any_of(asking.vm->engine.rules->rules(), [&](const CompiledRule& rule) {
      return rule.allow && rule.from == asking.vm->name() && rule.to == other.name() && rule.message == asking.message &&
             std::ranges::count(rule.ops, Op::kWindowBroadcast);
    });
  }
};

}  // namespace

Carrier& broadcasts() {
  static Broadcasts kind;
  return kind;
}

}  // namespace shuttle
