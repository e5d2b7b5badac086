// Named pipes across Windows VMs: the owner's dock opens the real pipe, the asker's serves a stand-in under a private
// name, and one socket pair joins them. On pipes of local RPC the engine stands between and decides about each operation.
#include "pipes.h"

#include <algorithm>

#include "../../windows/ops.h"
#include "../engine.h"
#include "../net/relay.h"
#include "../pattern.h"
#include "../vm.h"
#include "../workers.h"
#include "channel.h"
#include "desk.h"
#include "dock.h"
#include "rpc_gate.h"

namespace shuttle {

namespace {

constexpr int32_t kNotFound = static_cast<int32_t>(0xC0000034), kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED
constexpr int32_t kTimeout = static_cast<int32_t>(0xC00000B5);  // STATUS_IO_TIMEOUT
constexpr uint32_t kMessages = 4;  // PIPE_TYPE_MESSAGE

constexpr std::string_view kEverywhere[] = {"\\\\.\\PIPE\\SVCCTL", "\\\\.\\PIPE\\LRPC\\IRPCSS"};  // as `folded` has them

Carried failed(int32_t status) { return {.told = {.verdict = SH_BLOCKED, .status = status}, .status = status}; }

class Pipes final : public Carrier {
 public:
  Op served() const override { return Op::kPipeServe; }
  std::vector<Op> asked() const override { return {Op::kPipeConnect}; }

  // Every VM has its own service manager and its own RPC locator, which it may look for before they are up. Whose a COM
  // object is that was handed over, its pipe's name says.
  bool may_have(const Asking& asking, Vm& other) const override {
    if (const auto far = far_of(asking)) return belongs_to(*far, other.agents->exporters().number()) && asking.vm->agents->exporters().admitted(*far);
    const std::string name = folded(asking.object);
    return std::ranges::find(kEverywhere, name) == std::end(kEverywhere) && Carrier::may_have(asking, other);
  }

  bool follows(const Asking& asking) const override { return far_of(asking).has_value(); }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    return asking.extra[0] == kWait ? wait(asking, owner) : open(asking, owner, ruling);
  }

 private:
  static std::optional<Exporter> far_of(const Asking& asking) {
    const auto exporter = exporter_of_pipe(asking.object);
    return exporter && is_far(*exporter) ? exporter : std::nullopt;
  }
  // What its owner calls it.
  static std::string real_name(const Asking& asking) {
    const auto far = far_of(asking);
    return far ? exporter_pipe(local_exporter(*far)) : asking.object;
  }

  static constexpr uint64_t kTurnMs = 2000;
  static constexpr uint64_t kWait = 1;  // extra[0] of a question: WaitNamedPipe; extra[1]: milliseconds

  // In short turns, so that who waits for ever keeps neither a dock's thread nor ours when a VM is gone.
  Carried wait(const Asking& asking, Vm& owner) {
    uint64_t left = asking.extra[1];
    const bool for_ever = left >= UINT32_MAX;
    while (true) {
      const uint64_t turn = for_ever ? kTurnMs : std::min(left, kTurnMs);
      const auto report = owner.agents->dock().order({.what = SH_WAIT, .op = OP_PIPE_CONNECT, .extra = {turn}, .name = real_name(asking)});
      if (!report || report->status == kNotFound) return {.absent = true};
      left -= for_ever ? 0 : turn;
      const bool over = report->status != kTimeout || left == 0 || !asking.vm->running() || asking.vm->engine.workers().stopping();
      if (over) return {.told = {.verdict = SH_DONE, .status = report->status}, .status = report->status};
    }
  }

  Carried open(const Asking& asking, Vm& owner, const Ruling& ruling) {
    Channel theirs = make_channel();
    if (!theirs.other) return failed(kGone);
    const auto opened = owner.agents->dock().order({.what = SH_OPEN, .op = OP_PIPE_CONNECT, .access = asking.access, .name = real_name(asking), .channel = &theirs.other});
    if (!opened || opened->status == kNotFound) return {.absent = true};
    if (opened->status != 0) return failed(opened->status);
    theirs.other.reset();

    const bool rpc = RpcGate::is_for(asking.object);
    Way way(asking, ruling, std::move(theirs.one), rpc);
    const std::string name = private_name("\\\\.\\pipe\\");
    const auto stands = asking.vm->agents->dock().order({.what = SH_STAND, .op = OP_PIPE_CONNECT, .extra = opened->extra, .name = name, .channel = &way.end()});
    if (!stands || stands->status != 0) return failed(kGone);
    way.open(rpc ? gate_of(asking, owner, way.channel()) : Gate());
    Carried carried{.told = {.verdict = SH_STAND_IN, .extra = {opened->extra[4], 0, 0, 0}, .name = as_nt(name)}};
    carried.detail = opened->extra[0] & kMessages ? "{\"type\":\"message\"}" : "{\"type\":\"byte\"}";
    carried.channel = way.channel();
    carried.unrecorded = far_of(asking).has_value();
    return carried;
  }

  Gate gate_of(const Asking& asking, Vm& owner, std::optional<uint32_t> channel) const {
    std::string image;
    owner.agents->claims().find(served(), real_name(asking), &image);
    const auto far = far_of(asking);
    const auto class_id = far ? asking.vm->agents->exporters().admitted(*far) : std::nullopt;
    auto gate = std::make_shared<RpcGate>(asking, Owner{.place = owner.name(), .image = image}, channel,
                                          class_id ? std::optional(ComCalls(asking.vm, owner.shared_from_this(), *class_id)) : std::nullopt);
    return [gate](int direction, std::span<char> frame, std::string& back) { return gate->pass(direction, frame, back); };
  }
};

}  // namespace

Carrier& pipes() {
  static Pipes kind;
  return kind;
}

}  // namespace shuttle
