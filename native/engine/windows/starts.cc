// Programs of other Windows VMs, and what they open documents and addresses with. The owner's dock starts the real one,
// suspended; the asker's program gets a process that stands in for it. That one comes by itself and takes the channel
// between the two by a ticket, and only then does the real one run. Nothing is decided about what the two then say; the rule was asked about the program and its arguments.
#include "starts.h"

#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>

#include "../../windows/ops.h"
#include "../../windows/program_wire.h"
#include "../detail.h"
#include "../engine.h"
#include "../vm.h"
#include "channel.h"
#include "command_line.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kGone = static_cast<int32_t>(0xC00000B0);  // STATUS_PIPE_DISCONNECTED
constexpr std::chrono::seconds kTaken{60};

bool takes(const Asking& asking) { return asking.extra[0] == SH_START_TAKE; }

// A program that was started, until the process that stands in for it takes the channel.
struct Started {
  std::weak_ptr<Vm> asker, owner;
  std::shared_ptr<const AgentProcess> process;
  Op op{};
  std::string object;
  std::vector<std::string> argv;
  Fd channel;
  std::chrono::steady_clock::time_point at;
};

class Starts final : public Carrier {
 public:
  Op served() const override { return Op::kProgramStart; }
  std::vector<Op> asked() const override { return {Op::kProgramStart, Op::kDocumentOpen}; }

  // The program, a zero, the folder, a zero and the command line. Who takes asks for what was asked for.
  void understand(Asking& asking) const override {
    const size_t zero = asking.object.find('\0');
    if (zero != std::string::npos) {
      asking.title = asking.object.substr(zero + 1);
      asking.object.resize(zero);
    }
    if (!takes(asking)) {
      if (asking.op == Op::kProgramStart) asking.argv = arguments_of(line_of(asking.title));
      return;
    }
    std::lock_guard lock(mutex_);
    const auto found = started_.find(asking.extra[1]);
    if (found == started_.end() || found->second.asker.lock() != asking.vm) return;
    asking.op = found->second.op;
    asking.object = found->second.object;
    asking.process = found->second.process;
    asking.argv = found->second.argv;
  }

  bool may_have(const Asking& asking, Vm& other) const override {
    if (asking.object.empty() || !other.running()) return false;
    if (!takes(asking)) return true;
    std::lock_guard lock(mutex_);
    const auto found = started_.find(asking.extra[1]);
    return found != started_.end() && found->second.owner.lock().get() == &other;
  }
  bool looks() const override { return true; }

  std::optional<Looked> look(const Asking& asking, Vm& other) override {
    if (takes(asking)) return Looked{asking.object, asking.title, 0};
    const auto report = other.agents->dock().order(order_of(asking, SH_WAIT));
    if (!report || report->status != 0) return std::nullopt;
    // A program is told by its whole name, wherever it was found there.
    return Looked{report->name.empty() ? asking.object : report->name, asking.title, 0};
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    return takes(asking) ? take(asking) : start(asking, owner, ruling);
  }

 private:
  static std::string line_of(const std::string& said) { return said.substr(std::min(said.find('\0'), said.size())).erase(0, 1); }

  // extra[2] of a question about a document: the asker has it.
  static DockOrder order_of(const Asking& asking, sh_order what) {
    const uint32_t op = asking.op == Op::kProgramStart ? OP_PROGRAM_START : OP_DOCUMENT_OPEN;
    return {.what = what, .op = op, .extra = {asking.extra[2]}, .name = asking.object + '\0' + asking.title};
  }

  // What it is started with may name what the asker's files are, for the program to read.
  static void hand_over(const Asking& asking, Vm& owner) {
    const auto& rules = asking.vm->engine.rules->rules();
    if (std::ranges::none_of(rules, [](const CompiledRule& rule) { return rule.carrier == "argv"; })) return;
    std::string texts = asking.object;
    for (size_t i = 1; i < asking.argv.size(); i++) texts.append("\n\n").append(asking.argv[i]);
    owner.handed->hear(argv_from(asking.vm->name()), 0, "\n\n" + texts);
  }

  Carried start(const Asking& asking, Vm& owner, const Ruling& ruling) {
    Channel theirs = make_channel();
    if (!theirs.other) return {.absent = true};
    DockOrder order = order_of(asking, SH_OPEN);
    order.channel = &theirs.other;
    const auto made = owner.agents->dock().order(order);
    if (!made || made->status != 0) return {.absent = true};
    theirs.other.reset();
    Way way(asking, ruling, std::move(theirs.one));
    if (!way.end()) return {.absent = true};
    const uint64_t ticket = keep({asking.vm, owner.shared_from_this(), asking.process, asking.op, asking.object, asking.argv,
                                  way.take_end(), std::chrono::steady_clock::now()});
    way.open();
    hand_over(asking, owner);
    Carried carried{.told = {.verdict = SH_DONE, .extra = {ticket}}};
    carried.channel = way.channel();
    if (asking.op == Op::kProgramStart) carried.detail = Detail().list("argv", asking.argv).done();
    return carried;
  }

  Carried take(const Asking& asking) {
    std::lock_guard lock(mutex_);
    const auto found = started_.find(asking.extra[1]);
    if (found == started_.end()) return {.told = {.verdict = SH_BLOCKED}, .status = kGone, .unrecorded = true};
    Carried carried{.told = {.verdict = SH_DESCRIPTOR, .descriptor = std::move(found->second.channel)}, .unrecorded = true};
    started_.erase(found);
    return carried;
  }

  uint64_t keep(Started started) {
    uint64_t ticket = 0;
    if (getrandom(&ticket, sizeof ticket, 0) != sizeof ticket) return 0;
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(started_, [&](const auto& each) { return each.second.at + kTaken < now; });
    started_[ticket] = std::move(started);
    return ticket;
  }

  mutable std::mutex mutex_;
  std::map<uint64_t, Started> started_;
};

}  // namespace

Carrier& starts() {
  static Starts kind;
  return kind;
}

}  // namespace shuttle
