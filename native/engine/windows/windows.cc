// Windows across VMs. The owner's dock finds the real window; the asker's shows one of the same class and title in its
// place. What is sent to that goes over a channel on which the engine decides about each message (window_gate).
#include "windows.h"

#include <map>
#include <mutex>

#include "../../windows/ops.h"
#include "../../windows/window_wire.h"
#include "../detail.h"
#include "../engine.h"
#include "../net/connect.h"
#include "../net/relay.h"
#include "../vm.h"
#include "channel.h"
#include "desk.h"
#include "dock.h"
#include "window_gate.h"

namespace shuttle {

namespace {

constexpr int32_t kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED
constexpr char kAny[] = "*";
constexpr uint64_t kMessageParent = static_cast<uint64_t>(-3);  // HWND_MESSAGE
constexpr size_t kMostTitle = 2048;                              // bytes a stand-in is given

// The windows that VMs were given, by what they call them.
class Given {
 public:
  struct Window {
    std::weak_ptr<Vm> asker, owner;
    uint64_t stand_in = 0, real = 0;
    std::weak_ptr<WindowGate> gate;  // gone with the channel
  };

  void add(Window window) {
    std::lock_guard lock(mutex_);
    std::erase_if(windows_, [](const Window& each) { return each.gate.expired() || each.asker.expired() || each.owner.expired(); });
    windows_.push_back(std::move(window));
  }
  template <class Which>
  void drop(Which&& which) {
    std::lock_guard lock(mutex_);
    std::erase_if(windows_, which);
  }
  template <class Which>
  std::optional<Window> find(Which&& which) const {
    std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(windows_, [&](const Window& each) { return !each.gate.expired() && which(each); });
    return found == windows_.end() ? std::nullopt : std::optional(*found);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Window> windows_;
};

class Windows final : public Carrier {
 public:
  Op served() const override { return Op::kWindowFind; }
  std::vector<Op> asked() const override { return {Op::kWindowFind}; }

  // The class, a zero and the title.
  void understand(Asking& asking) const override {
    const size_t zero = asking.object.find('\0');
    if (zero != std::string::npos) {
      asking.title = asking.object.substr(zero + 1);
      asking.object.resize(zero);
    }
    asking.title.resize(std::min(asking.title.size(), asking.title.find('\0')));
    if (asking.object.empty()) asking.object = kAny;
  }

  bool may_have(const Asking& asking, Vm& other) const override {
    if (const uint64_t near = neighbour(asking)) {
      const auto given = of_asker(asking, near);
      return given && given->owner.lock().get() == &other;
    }
    const Claims& claims = other.agents->claims();
    return asking.extra[0] & SH_BY_CLASS ? claims.find(served(), asking.object) : claims.any(served());
  }

  bool looks() const override { return true; }

  std::optional<Looked> look(const Asking& asking, Vm& other) override {
    std::array<uint64_t, 6> extra{asking.extra[0], real(asking, asking.extra[1]), real(asking, asking.extra[2])};
    const std::string name = (asking.object == kAny ? std::string() : asking.object) + '\0' + asking.title;
    const auto report = other.agents->dock().order({.what = SH_WAIT, .op = OP_WINDOW_FIND, .extra = extra, .name = name});
    if (!report || report->status != 0) return std::nullopt;
    const size_t zero = std::min(report->name.find('\0'), report->name.size());
    return Looked{report->name.substr(0, zero), report->name.substr(std::min(zero + 1, report->name.size())), report->extra[0]};
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    // The dock that showed it has just been killed, and its channels have not ended yet.
    if (const uint64_t gone = asking.extra[3]) given_.drop([&](const Given::Window& each) { return each.stand_in == gone && each.asker.lock() == asking.vm; });
    const auto known = given_.find([&](const Given::Window& each) {
      return each.asker.lock() == asking.vm && each.owner.lock().get() == &owner && each.real == asking.handle;
    });
    if (known) return told(asking, known->stand_in);
    Channel theirs = make_channel(), ours = make_channel();
    if (!theirs.other || !ours.other) return failed();
    const auto opened = owner.agents->dock().order({.what = SH_OPEN, .op = OP_WINDOW_FIND, .extra = {asking.handle}, .name = asking.object, .channel = &theirs.other});
    if (!opened || opened->status != 0) return {.absent = true};
    const uint64_t parent = asking.extra[1] == kMessageParent ? 0 : asking.extra[1];
    const auto stands = asking.vm->agents->dock().order({.what = SH_STAND, .op = OP_WINDOW_FIND, .extra = {parent},
                                                        .name = asking.object + '\0' + asking.title.substr(0, kMostTitle), .channel = &ours.other});
    if (!stands || stands->status != 0) return failed();
    theirs.other.reset();
    ours.other.reset();
    const std::optional<Tap> tap = tap_for(*asking.vm, ruling);
    const auto channel = tap ? std::optional(tap->channel) : std::nullopt;
    std::string image;
    owner.agents->claims().find(served(), asking.object, &image);
    auto gate = std::make_shared<WindowGate>(asking, Owner{.place = owner.name(), .image = image}, channel);
    given_.add({asking.vm, owner.shared_from_this(), stands->extra[0], asking.handle, gate});
    asking.vm->engine.relay().join(std::move(ours.one), std::move(theirs.one),
                                   {.tap = tap, .messages = true, .head = sizeof(sh_window_frame),
                                    .gate = [gate](int direction, std::span<char> packet, std::string& back) { return gate->pass(direction, {packet.data(), packet.size()}, back); }});
    return told(asking, stands->extra[0]);
  }

 private:
  // A window that was given, which what is asked for is inside of or comes after; 0: none.
  static uint64_t neighbour(const Asking& asking) {
    if (asking.extra[2]) return asking.extra[2];
    return asking.extra[1] == kMessageParent ? 0 : asking.extra[1];
  }
  std::optional<Given::Window> of_asker(const Asking& asking, uint64_t stand_in) const {
    return given_.find([&](const Given::Window& each) { return each.stand_in == stand_in && each.asker.lock() == asking.vm; });
  }
  uint64_t real(const Asking& asking, uint64_t handle) const {
    if (!handle || handle == kMessageParent) return handle;
    const auto given = of_asker(asking, handle);
    return given ? given->real : 0;
  }

  static Carried failed() { return {.told = {.verdict = SH_BLOCKED}, .status = kGone}; }
  static Carried told(const Asking& asking, uint64_t stand_in) {
    Carried carried{.told = {.verdict = SH_DONE, .extra = {stand_in}}};
    if (!asking.title.empty()) carried.detail = Detail().text("title", asking.title).done();
    return carried;
  }

  Given given_;
};

}  // namespace

Carrier& windows() {
  static Windows kind;
  return kind;
}

}  // namespace shuttle
