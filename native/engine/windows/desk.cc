#include "desk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <future>
#include <iterator>

#include "../engine.h"
#include "../net/descriptors.h"
#include "../vm.h"
#include "../workers.h"
#include "dock.h"
#include "threads.h"

namespace shuttle {

namespace {

constexpr size_t kMostLines = 2048;       // of a VM: its processes and their waiting threads
constexpr itimerspec kEach{{0, 50'000'000}, {0, 50'000'000}};  // how long a row may lie in a ring

}  // namespace

namespace {

uint64_t all_serving() {
  uint64_t bits = 0;
  for (size_t asked = 0; asked < std::size(kOpNames); asked++)
    if (carrier_for(static_cast<Op>(asked))) bits |= uint64_t{1} << static_cast<size_t>(served_for(static_cast<Op>(asked)));
  // A row of a window, a service, a program or a class that was found says nothing of who made it.
  for (const Op found : {Op::kWindowFind, Op::kServiceQuery, Op::kProgramStart, Op::kComActivate}) bits &= ~(uint64_t{1} << static_cast<size_t>(found));
  return bits;
}

bool is_serving(Op op) {
  static const uint64_t bits = all_serving();
  return bits >> static_cast<size_t>(op) & 1;
}

// Operations of which the agent says at once that a name came to be: others may look for it. Alone in its system, or
// without a rule that leads here, a program does not wait for us.
uint64_t serving_of(const Vm& vm) {
  if (!vm.engine.several) return 0;
  uint64_t bits = 0;
  for (size_t asked = 0; asked < std::size(kOpNames); asked++) {
    const Op op = static_cast<Op>(asked);
    // Of windows no row tells, nor of classes, so that without this nobody knew that one is kept back; nor of services, for
    // `ready`.
    bool may = vm.learning() || op == Op::kWindowFind || op == Op::kServiceQuery || op == Op::kComActivate;
    // Of what is made where it is not there, either end of a rule may come first.
    const auto leads_here = [&](const CompiledRule& rule) { return rule.to == vm.name() || (rule.from == vm.name() && makes(served_for(op))); };
    for (const CompiledRule& rule : vm.engine.rules->rules()) may |= rule.allow && leads_here(rule) && std::ranges::count(rule.ops, op);
    if (may && carrier_for(op)) bits |= uint64_t{1} << static_cast<size_t>(served_for(op));
  }
  return bits;
}

// Operations of which the agent asks when a name is not found: where there are others, to carry or to record.
// What is put on the clipboard is for others only where a rule of this VM's says so.
uint64_t asking_of(const Vm& vm) {
  if (!vm.engine.several) return 0;
  return vm.engine.rules->any(vm.name(), Op::kClipboardWrite) ? UINT64_MAX : ~(uint64_t{1} << static_cast<size_t>(Op::kClipboardWrite));
}

}  // namespace

struct AgentDesk::Process {
  std::shared_ptr<const AgentProcess> about;
  RingMemory memory;
  RingReader reader{memory.ring()};
  ThreadNames threads;
  Process(std::shared_ptr<const AgentProcess> who) : about(who), threads(who->pid, who->vm_pid) {}
};

struct AgentDesk::Line {
  Fd socket;
  std::shared_ptr<const Caller> caller;
  std::shared_ptr<Process> process;
  bool first = false;   // the one that said hello: its end is the process's
  bool asking = false;  // nothing more is read until the question is answered
};

AgentDesk::AgentDesk(Vm& vm)
    : vm_(vm), board_(vm), dock_(std::make_unique<Dock>(vm)), tick_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)), buffer_(new char[SH_MOST_MESSAGE]) {
  timerfd_settime(tick_.get(), 0, &kEach, nullptr);
  loop_.post([this] {
    loop_.watch(tick_.get(), EPOLLIN, [this](uint32_t) {
      uint64_t times;
      if (::read(tick_.get(), &times, sizeof times) > 0) drain_all();
    });
  });
}

AgentDesk::~AgentDesk() { close(); }

bool AgentDesk::is_door(std::string_view abstract) { return abstract == SH_DOOR; }

void AgentDesk::admit(std::shared_ptr<const Caller> caller, Fd socket) {
  auto line = std::make_shared<Line>();
  line->caller = std::move(caller);
  line->socket = std::move(socket);
  fcntl(line->socket.get(), F_SETFL, O_NONBLOCK);
  loop_.post([this, line] {
    if (closed_ || lines_.size() >= kMostLines) return;
    lines_[line->socket.get()] = line;
    watch(line);
  });
}

void AgentDesk::watch(const std::shared_ptr<Line>& line) {
  loop_.watch(line->socket.get(), EPOLLIN | EPOLLRDHUP, [this, weak = std::weak_ptr(line)](uint32_t events) {
    if (const auto line = weak.lock()) on_line(line, events);
  });
}

void AgentDesk::close() {
  if (closed_.exchange(true)) return;
  dock_->close();
  std::promise<void> done;
  loop_.post([&] {
    drain_all();
    for (const auto& [fd, line] : lines_) loop_.forget(fd);
    lines_.clear();
    processes_.clear();
    done.set_value();
  });
  done.get_future().wait();
  loop_.stop();
}

void AgentDesk::on_line(const std::shared_ptr<Line>& line, uint32_t events) {
  if ((events & EPOLLIN) && !line->asking && take_message(line)) return;
  if (line->asking && !(events & (EPOLLHUP | EPOLLERR))) return;
  drop(line);
}

void AgentDesk::drop(const std::shared_ptr<Line>& line) {
  loop_.forget(line->socket.get());
  lines_.erase(line->socket.get());
  if (!line->first) return;
  drain(*line->process);
  claims_.forget(line->process->about->pid);
  for (const auto& other : vm_.engine.others(vm_))
    if (other->agents) other->agents->exporters().withdraw(exporters_.number(), line->process->about->win_pid);
  const auto found = processes_.find(line->process->about->pid);
  if (found != processes_.end() && found->second == line->process) processes_.erase(found);
}

bool AgentDesk::take_message(const std::shared_ptr<Line>& line) {
  const ssize_t size = recv(line->socket.get(), buffer_.get(), SH_MOST_MESSAGE, MSG_TRUNC);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  sh_message message;
  if (static_cast<size_t>(size) < sizeof message || size > static_cast<ssize_t>(SH_MOST_MESSAGE)) return false;
  memcpy(&message, buffer_.get(), sizeof message);
  const uint64_t texts = uint64_t{message.object_bytes} + message.detail_bytes;
  if (texts != static_cast<size_t>(size) - sizeof message) return false;
  const std::string_view object(buffer_.get() + sizeof message, message.object_bytes);
  const std::string_view detail(object.data() + object.size(), message.detail_bytes);

  if (message.say == SH_HELLO) return hello(line, message, object), line->first;
  if (message.say == SH_MORE) {
    const auto found = processes_.find(line->caller->pid);
    if (found != processes_.end()) line->process = found->second;
    return line->process != nullptr;
  }
  if (!line->process) return false;
  const auto& about = *line->process->about;
  const Op op = static_cast<Op>(message.op);
  if (message.op >= std::size(kOpNames)) return false;
  switch (message.say) {
    case SH_RING: drain(*line->process); return true;
    case SH_DRAIN: return drain(*line->process), reply(line, {.verdict = SH_DONE}), true;
    // Whoever waits for the name may go on now: what was done before it is to be known by then.
    case SH_SERVE: drain(*line->process); return reply(line, {.verdict = serve(*line->process, message, object) ? SH_DONE : SH_BLOCKED}), true;
    case SH_BOARD: return reply(line, {.verdict = SH_DESCRIPTOR, .descriptor = Fd(fcntl(board_.file().get(), F_DUPFD_CLOEXEC, 0))}), true;
    case SH_GONE: claims_.remove(op, object, about.pid); return true;
    case SH_ASK: ask(line, message, object, detail); return true;
    default: return false;
  }
}

void AgentDesk::hello(const std::shared_ptr<Line>& line, const sh_message& message, std::string_view image) {
  const Caller& caller = *line->caller;
  if (line->process || processes_.contains(caller.pid)) return;
  auto about = std::make_shared<AgentProcess>(AgentProcess{caller.pid, caller.vm_pid, message.win_pid, std::string(image)});
  auto process = std::make_shared<Process>(about);
  if (!process->memory) return;
  processes_[caller.pid] = line->process = process;
  line->first = true;
  vm_.engine.record->record(shuttle::Process{.vm = vm_.name(), .pid = caller.pid, .vm_pid = caller.vm_pid,
                                             .win_pid = static_cast<int32_t>(message.win_pid), .image = about->image});
  const sh_welcome welcome{SH_WELCOME, SH_VERSION, serving_of(vm_), asking_of(vm_)};
  std::vector<Fd> handed;
  handed.emplace_back(fcntl(process->memory.file().get(), F_DUPFD_CLOEXEC, 0));
  send_message(line->socket.get(), {reinterpret_cast<const char*>(&welcome), sizeof welcome}, handed, nullptr, 0, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void AgentDesk::ask(const std::shared_ptr<Line>& line, const sh_message& message, std::string_view object, std::string_view detail) {
  drain(*line->process);  // what the process did before comes before
  Asking asking{.vm = vm_.shared_from_this(), .process = line->process->about, .op = static_cast<Op>(message.op), .object = std::string(object),
                .access = message.access, .extra = {}, .detail = std::string(detail), .tid = line->process->threads.host(message.tid),
                .began = vm_.engine.record->now_ns()};
  std::copy(std::begin(message.extra), std::end(message.extra), asking.extra.begin());
  if (const Carrier* carrier = carrier_for(asking.op)) carrier->understand(asking);
  // Most names are nowhere: no other thread is troubled for those.
  if (auto told = settle_asking(asking)) return reply(line, std::move(*told));
  line->asking = true;
  loop_.forget(line->socket.get());
  vm_.engine.workers().run(&vm_, [this, line, asking = std::move(asking), vm = vm_.shared_from_this()] {
    auto told = std::make_shared<Told>(answer_asking(asking));
    loop_.post([this, line, told] {
      line->asking = false;
      reply(line, std::move(*told));
      if (lines_.contains(line->socket.get())) watch(line);
    });
  });
}

void AgentDesk::reply(const std::shared_ptr<Line>& line, Told told) {
  sh_answer answer{.say = SH_ANSWER, .verdict = static_cast<uint32_t>(told.verdict), .status = told.status, .flags = 0,
                   .extra = {}, .name_bytes = static_cast<uint32_t>(told.name.size()), .unused = 0};
  std::copy(told.extra.begin(), told.extra.end(), answer.extra);
  std::string packet(reinterpret_cast<const char*>(&answer), sizeof answer);
  packet += told.name;
  std::vector<Fd> handed;
  if (told.descriptor) handed.push_back(std::move(told.descriptor));
  send_message(line->socket.get(), packet, handed, nullptr, 0, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// False where another VM made the name a moment before, neither having known of the other: there it is to be had. Who was
// there first is settled by the order of the claims, of which one at least sees the other's.
bool AgentDesk::serve(const Process& process, const sh_message& message, std::string_view object) {
  const Op op = static_cast<Op>(message.op);
  const bool settled = message.extra[3] != 0;  // the agent has asked, and the name stays its own
  claim(op, object, *process.about, message.extra[0]);  // its row may have been read before, and have claimed it already
  if (settled || !vm_.engine.several || !makes(op) || !asks_by_name(op)) return true;
  const Asking asking{.vm = vm_.shared_from_this(), .process = process.about, .op = op, .object = std::string(object), .access = message.access,
                      .extra = {}, .detail = {}, .tid = 0, .began = 0};
  if (!had_first(asking, claims_.order(op, object))) return true;
  claims_.remove(op, object, process.about->pid);
  return false;
}

// The first to make a name is told of, for those that wait until it is there (`ready`).
void AgentDesk::claim(Op op, std::string_view object, const AgentProcess& by, uint64_t sort) {
  // What is on the clipboard stays there after its writer.
  const pid_t pid = op == Op::kClipboardWrite ? 0 : by.pid;
  // Whoever meets the claim must be able to ask about it, so it is shown first.
  if (vm_.engine.several && !claims_.find(op, object))
    for (const auto& other : vm_.engine.others(vm_))
      if (other->agents) other->agents->board().add(vm_, op, object, by.image);
  if (!claims_.add(op, object, pid, by.image, sort)) return;
  vm_.engine.tell({.type = Event::Type::kServed, .vm = vm_.name(), .op = std::string(name_of(op)), .object = std::string(object)});
}

void AgentDesk::drain_all() {
  for (const auto& [pid, process] : processes_) drain(*process);
}

void AgentDesk::drain(Process& process) {
  process.reader.read([&](const AgentEvent& event) { record(process, event); });
  if (const uint64_t lost = process.reader.take_lost()) vm_.engine.record->lost(Source::kAgent, lost);
}

// Of a name that its board does not show an agent says that it is nowhere, or makes its own. Where another VM has it, that
// is what was kept from this one.
bool AgentDesk::record_kept(const Process& process, const AgentEvent& event, bool made) {
  if (!vm_.engine.several || vm_.spec.mode == Mode::kAllow) return false;  // where all is shown it was asked
  const Op op = static_cast<Op>(event.op);
  if (!asks_by_name(op)) return false;
  Asking asking{.vm = vm_.shared_from_this(), .process = process.about, .op = op, .object = std::string(event.object), .access = event.access,
                .extra = {}, .detail = std::string(event.detail), .tid = event.tid, .began = vm_.engine.record->now_ns()};
  return shuttle::record_kept(asking, made ? claims_.order(op, event.object) : UINT64_MAX);
}

void AgentDesk::record(Process& process, const AgentEvent& event) {
  if (event.op >= std::size(kOpNames)) return vm_.engine.record->lost(Source::kAgent, 1);
  const bool passed = event.seen == SH_SEEN_PASSED;
  if (passed && is_serving(static_cast<Op>(event.op))) claim(static_cast<Op>(event.op), event.object, *process.about);
  const bool made = passed && event.status == 0 && makes(static_cast<Op>(event.op));
  if ((made || event.seen == SH_SEEN_ABSENT) && record_kept(process, event, made) && !made) return;
  constexpr Verdict kSeen[] = {Verdict::kPassed, Verdict::kAbsent, Verdict::kBlocked, Verdict::kRedirected};
  const Verdict verdict = event.seen < std::size(kSeen) ? kSeen[event.seen] : Verdict::kAbsent;
  vm_.engine.record->record(Row{.vm = vm_.name(), .pid = process.about->pid, .tid = process.threads.host(event.tid), .image = process.about->image,
                                .op = static_cast<Op>(event.op), .object = event.object, .peer = passed ? std::string_view(vm_.name()) : std::string_view(),
                                .access = event.access, .verdict = verdict, .status = event.status, .source = Source::kAgent, .detail = event.detail});
}

}  // namespace shuttle
