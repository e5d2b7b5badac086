// Named pipes across Windows VMs: the owner's dock opens the real pipe, the asker's serves a stand-in under a private
// name, and one socket pair joins them.
#include "pipes.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <atomic>

#include "../../windows/ops.h"
#include "../engine.h"
#include "../net/relay.h"
#include "../vm.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kNotFound = static_cast<int32_t>(0xC0000034), kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED
constexpr uint32_t kMessages = 4;  // PIPE_TYPE_MESSAGE

struct Pair {
  Fd one, other;
};

Pair socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  return {Fd(ends[0]), Fd(ends[1])};
}

// Not to be guessed or met by chance: nothing of the VM's own has it.
std::string private_name() {
  unsigned char bytes[12];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return {};
  std::string name = "\\\\.\\pipe\\shuttle-";
  for (const unsigned char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    name += kDigits[byte >> 4];
    name += kDigits[byte & 15];
  }
  return name;
}

// As the agent opens it: \??\pipe\name.
std::string as_nt(const std::string& name) { return "\\??\\" + name.substr(4); }

Carried failed(int32_t status) { return {.told = {.verdict = SH_BLOCKED, .status = status}, .status = status}; }

class Pipes final : public Carrier {
 public:
  Op served() const override { return Op::kPipeServe; }
  std::vector<Op> asked() const override { return {Op::kPipeConnect}; }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    return asking.extra[0] == kWait ? wait(asking, owner) : open(asking, owner, ruling);
  }

 private:
  static constexpr uint64_t kWait = 1;  // extra[0] of a question: WaitNamedPipe; extra[1]: milliseconds

  Carried wait(const Asking& asking, Vm& owner) {
    const auto report = owner.agents->dock().order({.what = SH_WAIT, .op = OP_PIPE_CONNECT, .extra = {asking.extra[1]}, .name = asking.object});
    if (!report || report->status == kNotFound) return {.absent = true};
    return {.told = {.verdict = SH_DONE, .status = report->status}, .status = report->status};
  }

  Carried open(const Asking& asking, Vm& owner, const Ruling& ruling) {
    Pair theirs = socket_pair();
    if (!theirs.other) return failed(kGone);
    const auto opened = owner.agents->dock().order({.what = SH_OPEN, .op = OP_PIPE_CONNECT, .access = asking.access, .name = asking.object, .channel = &theirs.other});
    if (!opened || opened->status == kNotFound) return {.absent = true};
    if (opened->status != 0) return failed(opened->status);
    theirs.other.reset();

    std::optional<Tap> tap = tap_of(*asking.vm, ruling);
    Pair ours;
    if (tap) ours = socket_pair();
    const Fd& end = tap ? ours.other : theirs.one;
    const std::string name = private_name();
    const auto stands = asking.vm->agents->dock().order({.what = SH_STAND, .op = OP_PIPE_CONNECT, .extra = opened->extra, .name = name, .channel = &end});
    if (!stands || stands->status != 0) return failed(kGone);
    if (tap) {
      ours.other.reset();
      asking.vm->engine.relay().join(std::move(ours.one), std::move(theirs.one), {.tap = tap, .messages = true, .head = sizeof(sh_frame)});
    }
    Carried carried{.told = {.verdict = SH_STAND_IN, .extra = {opened->extra[4], 0, 0, 0}, .name = as_nt(name)}};
    carried.detail = opened->extra[0] & kMessages ? "{\"type\":\"message\"}" : "{\"type\":\"byte\"}";
    if (tap) carried.channel = tap->channel;
    return carried;
  }

  static std::optional<Tap> tap_of(const Vm& vm, const Ruling& ruling) {
    const PayloadKept payload = vm.spec.payload;
    if (payload == PayloadKept::kNone && !ruling.relay) return std::nullopt;
    const uint32_t keep = payload == PayloadKept::kFull ? UINT32_MAX : payload == PayloadKept::kHead ? kHeadBytes : 0;
    return Tap{vm.engine.record->new_channel(), keep};
  }
};

}  // namespace

Carrier& pipes() {
  static Pipes kind;
  return kind;
}

}  // namespace shuttle
