// COM classes across Windows VMs. Each VM activates its own; what it has no class for is looked for elsewhere. The owner's
// dock has the class's object made there, which starts its server, and gives a reference to it. The asker gets that
// reference with its exporter told as another VM's, and calls it over the pipes that belong to it (pipes.cc, rpc_gate.cc):
// those of the process that serves the class, and of no other.
#include "com.h"

#include <algorithm>

#include "../../windows/com_wire.h"
#include "../../windows/ops.h"
#include "../engine.h"
#include "../vm.h"
#include "desk.h"
#include "dock.h"
#include "objref.h"

namespace shuttle {

namespace {

constexpr int32_t kGone = static_cast<int32_t>(0x800706BA);           // RPC_S_SERVER_UNAVAILABLE
constexpr int32_t kNoReference = static_cast<int32_t>(0x80010113);    // RPC_E_INVALID_IPID: of no sort that can be told
constexpr size_t kMostName = 256;

bool is_class_id(std::string_view text) {
  constexpr std::string_view kForm = "{00000000-0000-0000-0000-000000000000}";
  return std::ranges::equal(text, kForm, [](char c, char form) { return form == '0' ? (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') : c == form; });
}

bool names(const Asking& asking) { return asking.extra[0] == SH_COM_NAME; }

class Com final : public Carrier {
 public:
  Op served() const override { return Op::kComActivate; }
  std::vector<Op> asked() const override { return {Op::kComActivate}; }

  // Which classes a VM has, its registry and its running servers say.
  bool may_have(const Asking& asking, Vm& other) const override {
    const bool sound = names(asking) ? !asking.object.empty() && asking.object.size() <= kMostName : is_class_id(asking.object);
    return sound && other.running();
  }
  bool looks() const override { return true; }

  std::optional<Looked> look(const Asking& asking, Vm& other) override {
    if (!names(asking) && other.agents->claims().find(served(), asking.object)) return Looked{asking.object, {}, 0};
    const auto report = other.agents->dock().order({.what = SH_WAIT, .op = OP_COM_ACTIVATE, .extra = {asking.extra[0]}, .name = asking.object});
    if (!report || report->status != 0) return std::nullopt;
    if (!names(asking)) return Looked{asking.object, {}, 0};
    return is_class_id(report->name) ? std::optional(Looked{report->name, {}, 0}) : std::nullopt;
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling&) override {
    // By its name it is only found; it is activated by what the name stands for.
    if (names(asking)) return {.told = {.verdict = SH_DONE, .name = asking.object}, .unrecorded = true};
    auto made = owner.agents->dock().order({.what = SH_OPEN, .op = OP_COM_ACTIVATE, .name = asking.object});
    if (made && made->status == SH_CLASS_NOT_REGISTERED) return {.absent = true};
    if (!made || made->status < 0) return failed(made ? made->status : kGone);
    const auto exporter = exporter_of_reference(made->name);
    if (!exporter || is_far(*exporter)) return failed(kNoReference);
    admit_both(*asking.vm, asking.process->win_pid, owner, process_of(*exporter), asking.object);
    turn_references(made->name, [&](Exporter each) { return turned(each, owner, *asking.vm); });
    return {.told = {.verdict = SH_DONE, .name = std::move(made->name)}};
  }

 private:
  static Carried failed(int32_t result) { return {.told = {.verdict = SH_DONE, .status = result}, .status = result}; }
};

}  // namespace

Carrier& com() {
  static Com kind;
  return kind;
}

}  // namespace shuttle
