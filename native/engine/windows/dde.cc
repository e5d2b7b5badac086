// DDE conversations across VMs. Which service a VM offers is not known before it is called for, so calling is how it is
// looked for: only in VMs where the rules (or learning) allow the conversation. Of others only what their programs' atoms
// tell is known, and nothing is said to them. The owner's dock calls for the service as a client; the asker's shows a window
// that is the server to the program here; the two docks share a channel.
#include "dde.h"

#include <chrono>
#include <map>
#include <mutex>

#include "../../windows/dde_wire.h"
#include "../../windows/ops.h"
#include "../engine.h"
#include "../vm.h"
#include "channel.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED
constexpr uint32_t kHead = sizeof(sh_dde_frame);
constexpr std::chrono::seconds kTaken{60};

// A conversation that the owner's side has begun, until the asker's side takes it.
struct Begun {
  Fd channel;
  uint64_t wide = 0;
  std::string name;
  std::chrono::steady_clock::time_point at;
};

class Dde final : public Carrier {
 public:
  Op served() const override { return Op::kAtomAdd; }
  std::vector<Op> asked() const override { return {Op::kDdeConnect}; }
  bool looks() const override { return true; }

  // Without windows there is no DDE.
  bool may_have(const Asking& asking, Vm& other) const override {
    return other.agents->claims().any(Op::kWindowFind) && (may_call(asking, other) || knows(asking, other));
  }

  std::optional<Looked> look(const Asking& asking, Vm& other) override {
    if (!may_call(asking, other)) return Looked{asking.object, {}, 0};
    Channel channel = make_channel();
    if (!channel.other) return std::nullopt;
    const auto called = other.agents->dock().order({.what = SH_OPEN, .op = OP_DDE_CONNECT, .extra = {asking.extra[0]}, .name = asking.object, .channel = &channel.other});
    if (!called || called->status != 0) return std::nullopt;
    return Looked{asking.object, {}, keep({std::move(channel.one), called->extra[0], called->name, std::chrono::steady_clock::now()})};
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    auto begun = take(asking.handle);
    if (!begun) return {.absent = true};
    Way way(asking, ruling, std::move(begun->channel));
    const auto stands = asking.vm->agents->dock().order({.what = SH_STAND, .op = OP_DDE_CONNECT, .extra = {begun->wide}, .name = begun->name, .channel = &way.end()});
    if (!stands || stands->status != 0) return {.told = {.verdict = SH_BLOCKED}, .status = kGone};
    way.open({}, kHead);
    Carried carried{.told = {.verdict = SH_DONE, .extra = {stands->extra[0]}}};
    if (begun->name != asking.object) carried.effective = begun->name;
    carried.channel = way.channel();
    return carried;
  }

 private:
  static bool may_call(const Asking& asking, const Vm& other) { return rule_for(asking, {Owner{.place = other.name(), .image = {}}}).verdict == Verdict::kShuttled; }
  static bool knows(const Asking& asking, Vm& other) {
    const std::string service = asking.object.substr(0, asking.object.find('|'));
    return service != "*" && other.agents->claims().find(Op::kAtomAdd, service);
  }

  uint64_t keep(Begun begun) {
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(begun_, [&](const auto& each) { return each.second.at + kTaken < now; });
    begun_[++last_] = std::move(begun);
    return last_;
  }
  std::optional<Begun> take(uint64_t number) {
    std::lock_guard lock(mutex_);
    const auto found = begun_.find(number);
    if (found == begun_.end()) return std::nullopt;
    Begun begun = std::move(found->second);
    begun_.erase(found);
    return begun;
  }

  std::mutex mutex_;
  std::map<uint64_t, Begun> begun_;
  uint64_t last_ = 0;
};

}  // namespace

Carrier& dde() {
  static Dde kind;
  return kind;
}

}  // namespace shuttle
