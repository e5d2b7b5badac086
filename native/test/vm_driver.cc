// Starts a VM without Node, for tests and for measuring. Standard input says what to do, one line a thing, words apart
// by tabs (a line's end inside a word as \x01); standard output answers, one line each.
//   uid N · gid N · shift 0|1 · host NAME · limit memory|processes|cpu|disk N · cwd DIR · env NAME=VALUE · argv WORD…
//   step DO TO FROM TEXT UPPER WORK MODE BYTES FLAGS LOWER…        FLAGS: w write, v volatile, o optional
//   terminal        a new terminal becomes the driver's own, and the program's standard input: what a careless caller does
//   go              start and let the program run         -> ready <init> <program>, or failed <errno> <step>
//   end             wait for the VM's end                 -> ended <code> <signal> <exec error>
//   start WORD…     one more program                      -> started <pid> | failed <errno>
//   mount …         a step, as above, in the running VM   -> mounted <errno>
//   bind PATH · connect PATH · socket DOMAIN TYPE PROTO   -> done <errno>
//   kill            -> killed
//   time N          start and end N VMs                   -> time <median us>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <sstream>
#include <sys/syscall.h>
#include <thread>

#include "../engine/cgroup_place.h"
#include "../engine/init_client.h"

using namespace shuttle;

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words(1);
  for (char c : line) {
    if (c == '\t') words.emplace_back();
    else words.back() += c;
  }
  return words;
}

MountStep step_of(const std::vector<std::string>& w) {
  static const std::vector<std::string> kDo{"folder", "link", "file", "bind", "overlay", "memory", "proc", "devices", "queues", "mask"};
  MountStep step;
  step.what = static_cast<MountStep::Do>(std::find(kDo.begin(), kDo.end(), w.at(1)) - kDo.begin());
  step.to = w.at(2), step.from = w.at(3), step.text = w.at(4), step.upper = w.at(5), step.work = w.at(6);
  std::replace(step.text.begin(), step.text.end(), '\x01', '\n');
  step.mode = static_cast<uint32_t>(std::stoul(w.at(7)));
  step.bytes = std::stoull(w.at(8));
  step.write = w.at(9).find('w') != std::string::npos;
  step.is_volatile = w.at(9).find('v') != std::string::npos;
  step.optional = w.at(9).find('o') != std::string::npos;
  step.lower.assign(w.begin() + 10, w.end());
  return step;
}

// Traps `uname` and nothing else, and answers each trap with `continue`, to show that one listener serves every program.
void trap_uname(VmPlan& plan) {
  const sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_uname, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  plan.filter.assign(reinterpret_cast<const char*>(filter), sizeof filter);
}

class Driver {
 public:
  explicit Driver(std::string init) : init_(std::move(init)) {
    plan_.uid = getuid(), plan_.gid = getgid();
    plan_.hostname = "vm";
    plan_.program.cwd = "/";
  }

  void take(const std::vector<std::string>& w) {
    const std::string& what = w[0];
    if (what == "uid") plan_.uid = static_cast<uid_t>(std::stoul(w.at(1)));
    else if (what == "gid") plan_.gid = static_cast<gid_t>(std::stoul(w.at(1)));
    else if (what == "shift") plan_.shift = w.at(1) == "1";
    else if (what == "host") plan_.hostname = w.at(1);
    else if (what == "limit") limit(w.at(1)) = std::stoull(w.at(2));
    else if (what == "cwd") plan_.program.cwd = w.at(1);
    else if (what == "env") plan_.program.env.push_back(w.at(1));
    else if (what == "argv") plan_.program.argv.assign(w.begin() + 1, w.end());
    else if (what == "step") plan_.steps.push_back(step_of(w));
    else if (what == "trap") trap_uname(plan_);
    else if (what == "terminal") take_terminal();
    else if (what == "go") go();
    else if (what == "end") end();
    else if (what == "start") start({w.begin() + 1, w.end()});
    else if (what == "mount") printf("mounted %d\n", vm_->mount(step_of(w)));
    else if (what == "bind" || what == "connect") reach(what == "bind", w.at(1));
    else if (what == "socket") make_socket(std::stoi(w.at(1)), std::stoi(w.at(2)), std::stoi(w.at(3)));
    else if (what == "kill") vm_->kill(), puts("killed");
    else if (what == "place") place(w.at(1), w.at(2), w.at(3));
    else if (what == "time") time(std::stoi(w.at(1)));
    else printf("unknown %s\n", what.c_str());
    fflush(stdout);
  }

 private:
  uint64_t& limit(const std::string& name) {
    return name == "memory" ? plan_.memory : name == "processes" ? plan_.processes : name == "cpu" ? plan_.cpu_seconds : plan_.disk;
  }

  // Where groups would be made on a machine of which the two texts are told.
  void place(const std::string& controller, std::string mounts, std::string groups) {
    for (auto* text : {&mounts, &groups}) std::replace(text->begin(), text->end(), '\x01', '\n');
    const auto found = GroupPlaces(mounts, groups).of(controller.c_str());
    printf("place %s %d\n", found ? found->parent.c_str() : "none", found && found->second ? 2 : 1);
  }

  void take_terminal() {
    setsid();
    const int leader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    grantpt(leader), unlockpt(leader);
    const int terminal = open(ptsname(leader), O_RDWR | O_CLOEXEC);
    ioctl(terminal, TIOCSCTTY, 0);
    plan_.stdio[0] = terminal;
  }

  bool begin() {
    auto started = start_vm(init_, plan_);
    if (auto* failure = std::get_if<StartFailure>(&started)) {
      printf("failed %d %s\n", failure->error, failure->step.c_str());
      return false;
    }
    vm_ = std::move(std::get<0>(started));
    ended_ = false;
    last_ = {};
    vm_->on_exit = [this](const ExitStatus& status) {
      const std::lock_guard hold(lock_);
      if (status.pid == vm_->program()) last_ = status;
      else printf("exited %d %d %d\n", status.code, status.signal, status.exec_error), fflush(stdout);
    };
    vm_->on_end = [this] {
      const std::lock_guard hold(lock_);
      ended_ = true;
      changed_.notify_all();
    };
    if (Fd listener = vm_->take_listener()) std::thread([fd = std::move(listener)] { answer(fd.get()); }).detach();
    return true;
  }

  static void answer(int listener) {
    seccomp_notif notice{};
    while (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) == 0) {
      seccomp_notif_resp response{notice.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE};
      printf("trapped %d\n", notice.data.nr);
      fflush(stdout);
      ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
      notice = {};
    }
  }

  void go() {
    if (!begin()) return;
    printf("ready %d %d\n", vm_->pid(), vm_->program());
    fflush(stdout);  // before anything the program says
    vm_->run();
  }

  void end() {
    std::unique_lock hold(lock_);
    changed_.wait(hold, [this] { return ended_; });
    printf("ended %d %d %d\n", last_.code, last_.signal, last_.exec_error);
  }

  void start(std::vector<std::string> argv) {
    Launch launch{std::move(argv), "/", plan_.program.env};
    int error = 0;
    const pid_t pid = vm_->start(launch, plan_.stdio, &error);
    if (pid < 0) printf("failed %d\n", error);
    else printf("started %d\n", pid);
  }

  void reach(bool bind, const std::string& path) {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const auto length = static_cast<unsigned>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
    printf("done %d\n", bind ? vm_->bind_in(socket.get(), &address, length, -1, 077) : vm_->connect_in(socket.get(), &address, length, -1));
  }

  void make_socket(int domain, int type, int protocol) {
    int error = 0;
    const Fd socket = vm_->make_socket(domain, type, protocol, &error);
    printf("done %d\n", socket ? 0 : -error);
  }

  void time(int rounds) {
    std::vector<double> took;
    for (int i = 0; i < rounds; ++i) {
      const auto before = std::chrono::steady_clock::now();
      if (!begin()) return;
      vm_->run();
      {
        std::unique_lock hold(lock_);
        changed_.wait(hold, [this] { return ended_; });
      }
      vm_.reset();
      took.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count());
    }
    std::sort(took.begin(), took.end());
    printf("time %.0f\n", took[took.size() / 2]);
  }

  std::string init_;
  VmPlan plan_;
  std::unique_ptr<InitClient> vm_;
  std::mutex lock_;
  std::condition_variable changed_;
  bool ended_ = false;
  ExitStatus last_;
};

}  // namespace

int main(int, char** words) {
  Driver driver(words[1]);
  for (std::string line; std::getline(std::cin, line);) driver.take(split(line));
}
