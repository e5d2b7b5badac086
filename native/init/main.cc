#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "hold.h"
#include "init.h"

// Process 1 of a VM: builds it, starts its programs, does for the engine what can only be done inside, and ends the VM
// when the engine's socket closes or the last program is gone.
namespace shuttle::init {

void fail(std::string_view step, int error) {
  const wire::Event event{wire::Tell::kFailed, 0, error, -1, 0};
  std::string packet(reinterpret_cast<const char*>(&event), sizeof event);
  packet.append(step);
  send_packet(wire::kEvents, packet);
  _exit(1);
}

namespace {

bool read_memory_file(int file, std::string& bytes) {
  struct stat status;
  if (fstat(file, &status) != 0 || status.st_size > (64 << 20)) return false;
  bytes.resize(static_cast<size_t>(status.st_size));
  return pread(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

// As process 1, init gets no signal that it has not asked for; its programs start with defaults whatever Node ignores.
int quiet_signals() {
  for (int signal = 1; signal < 32; ++signal) std::signal(signal, SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

void set(const char* setting, const char* value) {
  const int file = open(setting, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, value, strlen(value)) < 0) errno = 0;
  close(file);
}

// Through the VM's own /proc: in the host's a look-up meets the names of every network namespace there is and was.
void set_kernel_settings() {
  // No user namespace inside this one, whatever a filter lets through: nobody inside regains capabilities.
  set("/proc/sys/user/max_user_namespaces", "0");
  // A VM has its network for itself, so there are no ports to keep from its programs.
  set("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
}

void answer(int reply, int error, int fd = -1) {
  const wire::Answer answer{error};
  send_packet(reply, {reinterpret_cast<const char*>(&answer), sizeof answer}, &fd, fd >= 0 ? 1 : 0);
}

class Server {
 public:
  explicit Server(wire::Plan& plan) : plan_(plan) {}

  void start() {
    root_.build(plan_, [this] { programs_.begin(plan_.vm); });
    set_kernel_settings();
    const int listener = programs_.listener();
    int stdio[3];
    for (int i = 0; i < 3; ++i) must((stdio[i] = fcntl(i, F_DUPFD_CLOEXEC, 3)) >= 0, "standard streams");
    hold_low_numbers();
    const int program = programs_.make(0, plan_.vm.program, stdio, wire::kGate);
    must(program >= 0, "program");
    const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    const wire::Event ready{wire::Tell::kReady, 0, 0, -1, 0};
    const int fds[3] = {root, program, listener};
    must(send_packet(wire::kEvents, {reinterpret_cast<const char*>(&ready), sizeof ready}, fds, listener >= 0 ? 3 : 2), "ready");
    for (int fd : fds)
      if (fd >= 0) close(fd);
    plan_.vm.filter.clear();
  }

  void serve(int signals) {
    pollfd waiting[2] = {{wire::kControl, POLLIN, 0}, {signals, POLLIN, 0}};
    bool more = false;  // have ended and are not taken yet
    for (;;) {
      waiting[0].revents = waiting[1].revents = 0;
      if (poll(waiting, 2, more ? 0 : -1) < 0 && errno != EINTR) return;
      if (waiting[1].revents || more) {
        signalfd_siginfo told;
        while (read(signals, &told, sizeof told) > 0) {
        }
        const Programs::Reaped reaped = programs_.reap(wire::kEvents);
        if (reaped == Programs::Reaped::kNobodyLeft) return;
        more = reaped == Programs::Reaped::kSome;
      }
      if (waiting[0].revents && !take_request()) return;
    }
  }

 private:
  // Init must not keep its programs' pipes open, and what it opens must not land on their numbers.
  static void hold_low_numbers() {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int number = 0; number < 3; ++number) dup3(null < 0 ? wire::kPlan : null, number, O_CLOEXEC);
    if (null > 2) close(null);
    close(wire::kPlan);
  }

  bool take_request() {
    std::string packet;
    std::vector<int> fds;
    if (!receive_packet(wire::kControl, packet, fds)) return false;
    wire::Request request;
    if (packet.size() >= sizeof request && !fds.empty()) {
      memcpy(&request, packet.data(), sizeof request);
      act(request, packet.substr(sizeof request), fds);
    }
    for (int fd : fds)
      if (fd >= 0) close(fd);
    return true;
  }

  // `fds[0]` is where the answer goes. What is kept is taken out of `fds`.
  void act(const wire::Request& request, std::string body, std::vector<int>& fds) {
    const int reply = fds[0];
    switch (request.ask) {
      case wire::Ask::kSocket: return make_socket(request, reply);
      case wire::Ask::kMount: return mount(body, fds);
      case wire::Ask::kStart: return start_program(request, fds);
      case wire::Ask::kSignal: return answer(reply, kill(-1, request.a) == 0 ? 0 : errno);  // all but this process
      case wire::Ask::kBind:
      case wire::Ask::kConnect: return by_hand(request, std::move(body), fds);
      default: return answer(reply, ENOSYS);
    }
  }

  static void make_socket(const wire::Request& request, int reply) {
    const int made = socket(request.a, request.b | SOCK_CLOEXEC, request.c);
    answer(reply, made < 0 ? errno : 0, made);
    if (made >= 0) close(made);
  }

  void mount(const std::string& body, std::vector<int>& fds) {
    wire::Reader from(body);
    const auto sources = wire::get_sources(from);
    const MountStep step = wire::get_step(from);
    const int reply = fds[0];
    if (!from.done() || sources.size() != fds.size() - 1) return answer(reply, EINVAL);
    const std::vector<int> trees(fds.begin() + 1, fds.end());
    fds.resize(1);
    answer(reply, root_.mount_later(step, sources, trees));
  }

  void start_program(const wire::Request& request, std::vector<int>& fds) {
    const int reply = fds[0];
    std::string bytes;
    if (fds.size() != 6 || !read_memory_file(fds[1], bytes)) return answer(reply, EINVAL);
    wire::Reader from(bytes);
    const Launch launch = wire::get_launch(from);
    if (!from.done()) return answer(reply, EINVAL);
    const int stdio[3] = {fds[2], fds[3], fds[4]};
    const int gate = fds[5];
    fds.resize(2);
    const int program = programs_.make(request.a, launch, stdio, gate);
    answer(reply, program < 0 ? errno : 0, program);
    if (program >= 0) close(program);
  }

  static void by_hand(const wire::Request& request, std::string body, std::vector<int>& fds) {
    if (fds.size() < 2 || body.empty()) return answer(fds[0], EINVAL);
    const int folder = fds.size() > 2 ? fds[2] : -1;
    if (request.ask == wire::Ask::kBind) bind_by_hand(fds[1], std::move(body), folder, static_cast<unsigned>(request.a), fds[0]);
    else connect_by_hand(fds[1], std::move(body), folder, fds[0]);
    fds.clear();
  }

  wire::Plan& plan_;
  Root root_;
  Programs programs_;
};

}  // namespace

int run() {
  static wire::Plan plan;
  std::string bytes;
  if (!read_memory_file(wire::kPlan, bytes) || !wire::decode(bytes, plan)) fail("plan", EINVAL);
  bytes.clear();
  for (int fd = wire::kControl; fd < wire::kFirstSource + static_cast<int>(plan.sources.size()); ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
  // First of all, since root's init becomes a user who has other processes, which must not look in.
  must(prctl(PR_SET_DUMPABLE, 0) == 0, "dumpable");
  if (!plan.born_mapped) become(plan.vm.uid, plan.vm.gid);
  // It is in its own control groups, which its programs are to see as the root.
  must(unshare(CLONE_NEWCGROUP) == 0, "control groups");
  const int signals = quiet_signals();
  must(signals >= 0, "signals");
  umask(0);
  must(sethostname(plan.vm.hostname.data(), plan.vm.hostname.size()) == 0, "host name");
  bring_up_loopback();
  Server server(plan);
  server.start();
  server.serve(signals);
  return 0;
}

}  // namespace shuttle::init

int main(int count, char** words) {
  if (count == 2 && words[1][0] == 'h') return shuttle::init::hold();
  return shuttle::init::run();
}
