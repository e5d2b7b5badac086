#include "vm.h"

#include <errno.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "engine.h"
#include "filter.h"
#include "grace.h"
#include "join/link.h"
#include "kernel_notifier.h"
#include "net/state.h"
#include "windows/desk.h"
#include "wine_server.h"
#include "workers.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

namespace shuttle {

namespace {

uint64_t network_of(int socket) {
  uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size);
  return cookie;
}

}  // namespace

// While learning, a read of what the mounts show is continued whatever it is, unless somebody said no to a file.
static bool may_read_unasked(const VmSpec& spec, const RuleTable& rules) {
  if (!spec.reader || spec.mode != Mode::kAllow || !spec.drives.empty()) return false;
  return std::ranges::none_of(rules.rules(), [&](const CompiledRule& rule) { return rule.from == spec.name && !rule.allow; });
}

// Whether an operation's objects are met by opening a file. What Windows programs call so is no file of the system's: their
// agents ask for it by its own name.
static bool is_opened(Op op, bool windows) {
  if ((op >= Op::kFileRead && op <= Op::kFileList) || op == Op::kLibraryLoad) return true;
  return !windows && (op == Op::kMemoryOpen || op == Op::kPipeConnect || op == Op::kSemaphoreOpen);
}

// What this VM has to ask the engine for, by its mode and by the rules that are served at open time.
Trapping trapping_for(const VmSpec& spec, const RuleTable& rules) {
  Trapping trapping;
  trapping.windows = !spec.drives.empty();
  // Programs look before they open, and some need no more of a file: another VM's own are looked for, the host's are
  // learnt. The preloaded reader spares most of the cost. Wine looks for everything several times: too often to be asked.
  trapping.lookups = (spec.mode != Mode::kEnforce || spec.audit) && !trapping.windows;
  trapping.opens = spec.mode != Mode::kEnforce || spec.audit;
  for (const CompiledRule& rule : rules.rules()) {
    if (rule.from != spec.name || !rule.allow || (rule.to == "host" && spec.is_shown(rule.id))) continue;
    for (Op op : rule.ops) {
      const bool opened = is_opened(op, trapping.windows);
      trapping.opens |= opened;
      trapping.lookups |= opened || op == Op::kUnixConnect;
    }
  }
  trapping.reader = may_read_unasked(spec, rules);
  trapping.windows32 = spec.windows32;
  return trapping;
}

Vm::Vm(Engine& engine, VmSpec spec)
    : engine(engine), spec(std::move(spec)), share(std::make_shared<Share>(Share::among(engine.vms.size()))),
      callers_(std::clamp<size_t>(Share::among(engine.vms.size()) / 4, 64, 4096), engine.thread_pidfds) {}

Vm::~Vm() { end(); }

std::shared_ptr<Vm> Vm::joined(Engine& engine, const std::string& name, std::unique_ptr<LinkedInit> linked) {
  VmSpec spec;
  spec.name = name;
  auto vm = std::make_shared<Vm>(engine, std::move(spec));
  vm->linked_ = linked.get();
  vm->diag_ = linked->take_diag();
  vm->network_ = network_of(vm->diag_.get());
  vm->init_ = std::move(linked);
  vm->pid_space_ = PidSpace(vm->init_->pid());
  vm->running_ = true;
  return vm;
}

bool Vm::running() const { return running_.load(std::memory_order_acquire) && (!linked_ || linked_->alive()); }

StartFailure Vm::start() {
  VmPlan plan = spec.plan;
  plan.among = engine.vms.size();
  Trapping trapping = trapping_for(spec, *engine.rules);
  // Wine opens no file that it has not seen: without this nobody learnt what a Windows program wants of another VM's.
  trapping.lookups |= engine.several && spec.mode == Mode::kAllow;
  // Alone, a VM is served no name that is not there, and the links it goes by are learnt where it opens or looks.
  trapping.links = !trapping.reader || engine.several;
  const FilterTable table = filter_table(trapping);
  handlers_ = Handlers(table);
  const auto filter = build_filter(table);
  plan.filter.assign(reinterpret_cast<const char*>(filter.data()), filter.size() * sizeof filter[0]);

  auto started = start_vm(engine.init_path, plan);
  if (auto* failure = std::get_if<StartFailure>(&started)) return *failure;
  init_ = std::move(std::get<std::unique_ptr<InitClient>>(started));
  pid_space_ = PidSpace(init_->pid());
  began_ = std::chrono::steady_clock::now();
  int error = 0;
  diag_ = init_->make_socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, &error);
  if (!diag_) return {"asking for sockets in the VM's network", error};
  network_ = network_of(diag_.get());
  notifier_ = std::make_unique<KernelNotifier>(init_->take_listener());
  init_->on_exit = [this](const ExitStatus& status) {
    this->engine.tell({.type = Event::Type::kExited, .vm = name(), .pid = status.pid, .code = status.code,
                       .signal = status.signal, .exec_error = status.exec_error});
  };
  init_->on_end = [this] {
    running_ = false;
    this->engine.tell({.type = Event::Type::kEnded, .vm = name()});
  };
  if (!spec.dock.empty()) agents = std::make_shared<AgentDesk>(*this);
  thread_ = std::thread([this] { serve(); });
  running_ = true;
  init_->run();
  return {};
}

void Vm::finish() {
  if (finishing_.exchange(true)) return init_->kill();
  // What a server writes is trapped by this VM's thread, so nobody must wait for it here; nor may it wait for the VM's own calls.
  const bool waits = engine.workers().run(&engine, [vm = shared_from_this()] {
    const auto stopping = [&] { return vm->engine.workers().stopping() || !vm->running(); };
    if (vm->windows()) end_wine_server(vm->init_->pid(), stopping);
    else ask_to_end(*vm->init_, stopping);
    vm->init_->kill();
  });
  if (!waits) init_->kill();
}

void Vm::end() {
  if (!init_) return;
  running_ = false;
  init_->kill();
  if (!thread_.joinable()) return;
  static_cast<KernelNotifier*>(notifier_.get())->stop();
  while (!served_.load()) {
    pthread_kill(thread_.native_handle(), KernelNotifier::kNudge);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  thread_.join();
  close_net(*this);
  if (agents) agents->close();
}

const ZonePath* Vm::zone_of(std::string_view path) const {
  const ZonePath* longest = nullptr;
  for (const ZonePath& zone : spec.zones) {
    const bool below = path.starts_with(zone.path) && (path.size() == zone.path.size() || zone.path.empty() || path[zone.path.size()] == '/');
    if (below && (!longest || zone.path.size() > longest->path.size())) longest = &zone;
  }
  return longest;
}

bool Vm::is_protected_socket(std::string_view path) const {
  const auto covers = [path](std::string_view name) {
    if (name.ends_with('*')) return path.starts_with(name.substr(0, name.size() - 1));
    return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
  };
  bool hidden = false;
  for (const std::string_view name : spec.sockets) {
    if (name.starts_with('!') && covers(name.substr(1))) return false;
    hidden |= covers(name);
  }
  return hidden;
}

bool Vm::starting() const {
  return std::chrono::steady_clock::now() - began_ < std::chrono::seconds(10);
}

bool Vm::may_continue(pid_t tid, uint64_t call, Foreign harm) {
  if (foreign_sockets() >= harm) return false;
  // Noted before the second look: whoever brings a foreign socket in meanwhile waits for the note.
  continued_.note(tid, call);
  if (foreign_sockets() < harm) return true;
  continued_.forget(tid);
  return false;
}

bool Vm::expect_foreign_sockets(Foreign upto) {
  // The arguments of 32-bit socketcall are in memory, so that what is continued there may be anything by then.
  if (spec.windows32) return false;
  if (settled_.load() >= upto) return true;
  std::lock_guard lock(foreign_turn_);
  if (settled_.load() >= upto) return true;
  if (foreign_.load() < upto) foreign_ = upto;
  // Calls continued just before may not have got hold of their socket yet; afterwards none can be in flight.
  const bool settled = linked_ ? linked_->expect_foreign_sockets() == 0 : continued_.settle(*notifier_);
  if (settled) settled_ = foreign_.load();
  return settled;
}

void Vm::serve() {
  pthread_setname_np(pthread_self(), ("vm " + name()).substr(0, 15).c_str());
  Notice notice;
  while (notifier_->receive(notice)) {
    const int64_t began = engine.record->now_ns();
    const Trap trap(*this, notice, began);
    const Handler handler = handlers_.of(notice.arch, notice.nr);
    const Answer answer = handler ? handler(trap) : Answer::fail(ENOSYS);
    if (answer.kind != Answer::Kind::kLater) notifier_->respond(notice.id, answer);
  }
  served_ = true;
}

}  // namespace shuttle
