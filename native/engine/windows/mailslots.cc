// Mailslots across Windows VMs. A mailslot does not say when its senders are gone, so one stand-in serves all of a VM's
// senders to one name, for as long as the VM lives; the owner's dock opens the real one for each message anew.
#include "mailslots.h"

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

constexpr int32_t kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED

class Mailslots final : public Carrier {
 public:
  Op served() const override { return Op::kMailslotServe; }
  std::vector<Op> asked() const override { return {Op::kMailslotSend}; }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    const Key key{asking.vm.get(), &owner, folded(asking.object)};
    // Still there? The dock looks, and nothing is said. No lock is held over what a dock may draw out.
    const auto looked = owner.agents->dock().order({.what = SH_WAIT, .op = OP_MAILSLOT_SEND, .name = asking.object});
    if (!looked || looked->status != 0) return {.absent = true};
    StandIn stand_in = known(key, asking, owner);
    if (stand_in.name.empty()) stand_in = make(asking, owner, ruling);
    if (stand_in.name.empty()) return {.told = {.verdict = SH_BLOCKED, .status = kGone}, .status = kGone};
    {
      std::lock_guard lock(mutex_);
      stand_ins_[key] = stand_in;
    }
    Carried carried{.told = {.verdict = SH_STAND_IN, .name = as_nt(stand_in.name)}};
    carried.channel = stand_in.channel;
    return carried;
  }

 private:
  struct StandIn {
    std::weak_ptr<Vm> asker, owner;
    std::string name;
    std::optional<uint32_t> channel;
  };
  using Key = std::tuple<const Vm*, const Vm*, std::string>;

  StandIn known(const Key& key, const Asking& asking, const Vm& owner) {
    std::lock_guard lock(mutex_);
    std::erase_if(stand_ins_, [](const auto& each) { return each.second.asker.expired() || each.second.owner.expired(); });
    const auto found = stand_ins_.find(key);
    if (found == stand_ins_.end()) return {};
    const bool same = found->second.asker.lock() == asking.vm && found->second.owner.lock().get() == &owner;
    return same ? found->second : StandIn{};
  }

  static StandIn make(const Asking& asking, Vm& owner, const Ruling& ruling) {
    Channel theirs = make_channel();
    if (!theirs.other) return {};
    const auto opened = owner.agents->dock().order({.what = SH_OPEN, .op = OP_MAILSLOT_SEND, .name = asking.object, .channel = &theirs.other});
    if (!opened || opened->status != 0) return {};
    theirs.other.reset();
    Way way(asking, ruling, std::move(theirs.one));
    const std::string name = private_name("\\\\.\\mailslot\\");
    const auto stands = asking.vm->agents->dock().order({.what = SH_STAND, .op = OP_MAILSLOT_SEND, .name = name, .channel = &way.end()});
    if (!stands || stands->status != 0) return {};
    way.open();
    return {asking.vm, owner.shared_from_this(), name, way.channel()};
  }

  std::mutex mutex_;
  std::map<Key, StandIn> stand_ins_;
};

}  // namespace

Carrier& mailslots() {
  static Mailslots kind;
  return kind;
}

}  // namespace shuttle
