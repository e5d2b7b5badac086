// Mutexes, events, semaphores and waitable timers across Windows VMs. The real one stays with its owner and Wine's server
// there arbitrates. All users of one VM have one stand-in and one share at the owner's dock (native/windows/dock/share.h);
// each open of a user's has a line of its own to that share, which its agent holds: it signals without going through us.
#include "waitables.h"

#include <atomic>
#include <map>
#include <mutex>

#include "../../windows/ops.h"
#include "../engine.h"
#include "../pattern.h"
#include "../vm.h"
#include "channel.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kNotFound = static_cast<int32_t>(0xC0000034), kNoSuchShare = static_cast<int32_t>(0xC0000008);
constexpr int32_t kNoResources = static_cast<int32_t>(0xC000009A);  // STATUS_INSUFFICIENT_RESOURCES

class Waitables final : public Carrier {
 public:
  Waitables(Op create, Op open, uint32_t order) : create_(create), open_(open), order_(order) {}
  Op served() const override { return create_; }
  std::vector<Op> asked() const override { return {open_, create_}; }

  Carried carry(const Asking& asking, Vm& owner, const Ruling&) override {
    const std::shared_ptr<Share> share = share_of(asking, owner);
    // One at a time for a name and a VM: two stand-ins of one thing would be two things.
    std::lock_guard one(share->making);
    const bool another = asking.extra[0] == kAnotherLine && !share->name.empty();
    for (int tries = 0; tries < 2; tries++) {
      if (share->name.empty()) {
        const int32_t made = make(*share, asking, owner);
        if (made == kNotFound) return {.absent = true};
        if (made != 0) return failed();
      }
      Channel line = make_channel();
      if (!line.one) return failed();
      const auto opened = order(owner, {.what = SH_OPEN, .op = order_, .extra = {SH_LINE, share->number}, .channel = &line.other});
      if (opened && opened->status == 0)
        return {.told = {.verdict = SH_STAND_IN, .extra = {share->manual}, .name = share->name, .descriptor = std::move(line.one)}, .unrecorded = another};
      share->name.clear();  // its last user had gone
      if (!opened || opened->status != kNoSuchShare) return {.absent = true};
    }
    return failed();
  }

 private:
  static constexpr uint64_t kAnotherLine = 1;  // extra[0] of a question: for one more thread of who has it open
  struct Share {
    std::mutex making;
    std::weak_ptr<Vm> asker, owner;
    std::string name;  // of the stand-in; empty: none now
    uint64_t number = 0, manual = 0;
  };
  using Key = std::tuple<const Vm*, const Vm*, std::string>;

  static Carried failed() { return {.told = {.verdict = SH_BLOCKED, .status = kNoResources}, .status = kNoResources}; }
  static std::optional<DockReport> order(Vm& vm, const DockOrder& order) { return vm.agents->dock().order(order); }

  std::shared_ptr<Share> share_of(const Asking& asking, Vm& owner) {
    std::lock_guard lock(mutex_);
    std::erase_if(shares_, [](const auto& each) { return each.second->asker.expired() || each.second->owner.expired(); });
    auto& share = shares_[Key{asking.vm.get(), &owner, folded(asking.object)}];
    if (!share) {
      share = std::make_shared<Share>();
      share->asker = asking.vm;
      share->owner = owner.shared_from_this();
    }
    return share;
  }

  int32_t make(Share& share, const Asking& asking, Vm& owner) {
    uint64_t sort = 0;
    owner.agents->claims().find(create_, asking.object, nullptr, &sort);
    Channel between = make_channel();
    const std::string name = private_name("");
    if (!between.one || name.empty()) return kNoResources;
    share.number = next_++;
    const auto opened = order(owner, {.what = SH_OPEN, .op = order_, .extra = {SH_SHARE, share.number, sort}, .name = asking.object, .channel = &between.other});
    if (!opened) return kNotFound;
    if (opened->status != 0) return opened->status;
    share.manual = opened->extra[0];
    const auto stands = order(*asking.vm, {.what = SH_STAND, .op = order_, .extra = {share.manual}, .name = "Global\\" + name, .channel = &between.one});
    if (!stands || stands->status != 0) return kNoResources;
    share.name = "\\BaseNamedObjects\\" + name;
    return 0;
  }

  const Op create_, open_;
  const uint32_t order_;
  std::mutex mutex_;
  static inline std::atomic<uint64_t> next_{1};  // docks know shares of all kinds by it
  std::map<Key, std::shared_ptr<Share>> shares_;
};

}  // namespace

const std::vector<Carrier*>& waitables() {
  static Waitables mutexes(Op::kMutexCreate, Op::kMutexOpen, OP_MUTEX_OPEN), events(Op::kEventCreate, Op::kEventOpen, OP_EVENT_OPEN),
      semaphores(Op::kSemaphoreCreate, Op::kSemaphoreOpen, OP_SEMAPHORE_OPEN), timers(Op::kTimerCreate, Op::kTimerOpen, OP_TIMER_OPEN);
  static const std::vector<Carrier*> all = {&mutexes, &events, &semaphores, &timers};
  return all;
}

}  // namespace shuttle
