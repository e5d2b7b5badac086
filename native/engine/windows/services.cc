// Services across Windows VMs. Each VM has its own service manager with its own services, so only what the asker's lacks is
// looked for elsewhere. Opening one is no interaction yet: it is let be where any of what follows may be done, and each query,
// start and control is then decided and recorded by itself and done by the owner's manager, which its dock asks.
#include "services.h"

#include <algorithm>

#include "../../windows/ops.h"
#include "../../windows/service_wire.h"
#include "../detail.h"
#include "../engine.h"
#include "../vm.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kGone = SH_WIN32_STATUS(1722);     // RPC_S_SERVER_UNAVAILABLE
constexpr int32_t kMissing = SH_WIN32_STATUS(1060);  // ERROR_SERVICE_DOES_NOT_EXIST
constexpr size_t kMostArguments = 8192;
constexpr uint64_t kOnlyQueries = 0x1 | 0x4 | 0x8 | 0x80;  // rights: configuration, status, dependents, interrogate
constexpr Op kDone[] = {Op::kServiceQuery, Op::kServiceStart, Op::kServiceControl};

bool opens(const Asking& asking) { return asking.extra[0] == SH_SERVICE_OPEN; }

std::string control_name(uint64_t control) {
  constexpr const char* kNames[] = {"", "stop", "pause", "continue", "interrogate", "shutdown"};
  return control > 0 && control < std::size(kNames) ? kNames[control] : std::to_string(control);
}

class Services final : public Carrier {
 public:
  Op served() const override { return Op::kServiceQuery; }
  std::vector<Op> asked() const override { return {std::begin(kDone), std::end(kDone)}; }

  // The name, a zero and the arguments of a start. An open stands for whatever of what it leads to is allowed.
  void understand(Asking& asking) const override {
    const size_t zero = asking.object.find('\0');
    if (zero != std::string::npos) {
      asking.title = asking.object.substr(zero + 1, kMostArguments);
      asking.object.resize(zero);
    }
    if (!opens(asking)) return;
    std::vector<Owner> others;
    for (const auto& vm : asking.vm->engine.others(*asking.vm)) others.push_back({.place = vm->name(), .image = {}});
    for (const Op op : kDone) {
      Asking each = asking;
      each.op = op;
      if (others.empty() || rule_for(each, others).verdict != Verdict::kShuttled) continue;
      asking.op = op;
      return;
    }
  }

  // Which services a VM has, its manager knows: most were installed before anybody could see it.
  bool may_have(const Asking& asking, Vm& other) const override { return !asking.object.empty() && other.running(); }
  bool looks() const override { return true; }

  std::optional<Looked> look(const Asking& asking, Vm& other) override {
    const auto report = other.agents->dock().order({.what = SH_WAIT, .op = OP_SERVICE_QUERY, .extra = {SH_SERVICE_OPEN}, .name = asking.object});
    if (!report || report->status == kMissing) return std::nullopt;
    return Looked{asking.object, asking.title, 0};
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling&) override {
    // Who only asks whether it is there has done all that he opens it for.
    if (opens(asking)) return {.told = {.verdict = SH_DONE}, .unrecorded = (asking.extra[1] & ~kOnlyQueries) != 0};
    std::string name = asking.object;
    if (!asking.title.empty()) name += '\0' + asking.title;
    auto done = owner.agents->dock().order({.what = SH_OPEN, .op = OP_SERVICE_QUERY, .extra = {asking.extra[0], asking.extra[1]}, .name = name});
    if (done && done->status == kMissing) return {.absent = true};
    if (!done) return {.told = {.verdict = SH_DONE, .status = kGone}, .status = kGone};
    Carried carried{.told = {.verdict = SH_DONE, .status = done->status}, .status = done->status};
    std::copy_n(done->extra.begin(), carried.told.extra.size(), carried.told.extra.begin());
    done->name.resize(std::min<size_t>(done->name.size(), SH_MOST_SERVICE_TEXT));
    carried.told.name = std::move(done->name);
    carried.detail = detail_of(asking);
    return carried;
  }

 private:
  static std::string detail_of(const Asking& asking) {
    Detail detail;
    if (asking.op == Op::kServiceControl) detail.text("control", control_name(asking.extra[1]));
    if (asking.op == Op::kServiceStart && !asking.title.empty()) detail.list("argv", split(asking.title));
    return detail.done();
  }
  static std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\0', at), text.size());
      parts.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return parts;
  }
};

}  // namespace

Carrier& services() {
  static Services kind;
  return kind;
}

}  // namespace shuttle
