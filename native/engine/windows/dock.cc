#include "dock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <string>
#include <utility>

#include "../engine.h"
#include "../net/descriptors.h"
#include "../vm.h"

namespace shuttle {

namespace {

constexpr std::chrono::seconds kStartWithin{30}, kReportWithin{30};
constexpr std::chrono::seconds kEndsTogether{2};

// A VM's process 1 that ends takes all others along before anybody is told that it has ended. Proc says it first: the mark
// PF_EXITING among the flags, the seventh word behind the name.
bool is_ending(pid_t process) {
  constexpr unsigned kExiting = 4;
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(stat, line);
  const size_t name_end = line.rfind(") ");
  unsigned flags = 0;
  return name_end == std::string::npos || sscanf(line.c_str() + name_end + 2, "%*c %*d %*d %*d %*d %*d %u", &flags) != 1 || (flags & kExiting);
}

}  // namespace

bool Dock::start() {
  std::lock_guard one(starting_);
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    if (alive_) return true;
    replaced_ = true;
    told_.notify_all();
  }
  int ends[2];
  if (vm_.spec.dock.empty() || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  if (reader_.joinable()) reader_.join();
  Fd ours(ends[0]), theirs(ends[1]);
  const Fd quiet(open("/dev/null", O_RDWR | O_CLOEXEC));
  const int stdio[3] = {theirs.get(), quiet.get(), quiet.get()};
  Launch launch = vm_.spec.plan.program;
  launch.argv = vm_.spec.dock;
  launch.cwd = "/";
  int error = 0;
  if (vm_.init().start(launch, stdio, &error) <= 0) return false;
  theirs.reset();
  std::unique_lock lock(mutex_);
  line_ = std::make_shared<const Fd>(std::move(ours));
  life_++;
  alive_ = true;
  ready_ = leaving_ = replaced_ = false;
  reader_ = std::thread([this] { listen(); });
  told_.wait_for(lock, kStartWithin, [this] { return ready_ || !alive_ || closed_; });
  return ready_ && alive_;
}

void Dock::listen() {
  pthread_setname_np(pthread_self(), ("dock " + vm_.name()).substr(0, 15).c_str());
  struct {
    sh_dock_message head;
    char name[4096];
  } got;
  std::shared_ptr<const Fd> line;
  {
    std::lock_guard lock(mutex_);
    line = line_;
  }
  while (true) {
    std::vector<Fd> handed;
    const ssize_t size = receive_message(line->get(), reinterpret_cast<char*>(&got), sizeof got, handed);
    if (size < 0 && errno == EINTR) continue;
    if (size < static_cast<ssize_t>(sizeof got.head) || got.head.name_bytes > static_cast<size_t>(size) - sizeof got.head) break;
    std::lock_guard lock(mutex_);
    if (got.head.say == SH_READY) ready_ = true;
    if (got.head.say == SH_LEAVING) leaving_ = true;
    const auto found = waiting_.find(got.head.number);
    if (got.head.say == SH_REPORT && found != waiting_.end()) {
      DockReport report{.status = got.head.status, .extra = {}, .name = std::string(got.name, got.head.name_bytes), .descriptor = {}};
      if (!handed.empty()) report.descriptor = std::move(handed.front());
      std::copy(std::begin(got.head.extra), std::end(got.head.extra), report.extra.begin());
      found->second = std::move(report);
    }
    told_.notify_all();
  }
  {
    std::lock_guard lock(mutex_);
    alive_ = false;
    told_.notify_all();
  }
  tell_of_end();
}

bool Dock::ends_with_vm() const { return leaving_ || closed_ || vm_.finishing() || !vm_.running() || is_ending(vm_.init().pid()); }

// What it carried is cut off. The next order starts another one, but nobody can say what was lost. Where the VM itself
// ends, the dock ends with it, in no order.
void Dock::tell_of_end() {
  std::unique_lock lock(mutex_);
  told_.wait_for(lock, kEndsTogether, [this] { return replaced_ || ends_with_vm(); });
  if (ends_with_vm()) return;
  lock.unlock();
  vm_.engine.record->lost(Source::kDock, 1);
  vm_.engine.tell({.type = Event::Type::kProblem, .vm = vm_.name(), .problem = "DOCK_DIED", .detail = "the dock"});
}

// One that has just been killed may not have been missed yet: then it is the next that is told.
std::optional<DockReport> Dock::order(const DockOrder& order) {
  bool died = false;
  auto report = tell(order, died);
  return died ? tell(order, died) : std::move(report);
}

std::optional<DockReport> Dock::tell(const DockOrder& order, bool& died) {
  died = false;
  if (order.name.size() > SH_MOST_NAME || !start()) return std::nullopt;
  std::unique_lock lock(mutex_);
  const uint32_t number = next_++, life = life_;
  const std::shared_ptr<const Fd> line = line_;
  auto& report = waiting_[number];
  sh_dock_message head{.say = static_cast<uint32_t>(order.what), .number = number, .op = order.op, .status = 0, .access = order.access,
                       .flags = order.flags, .extra = {}, .name_bytes = static_cast<uint32_t>(order.name.size()), .unused = 0};
  std::copy(order.extra.begin(), order.extra.end(), head.extra);
  std::string packet(reinterpret_cast<const char*>(&head), sizeof head);
  packet += order.name;
  std::vector<Fd> handed;
  if (order.channel) handed.emplace_back(fcntl(order.channel->get(), F_DUPFD_CLOEXEC, 0));
  lock.unlock();
  send_message(line->get(), packet, handed, nullptr, 0, MSG_NOSIGNAL);  // one that fails is a dock that has ended
  lock.lock();
  const auto over = [&] { return closed_ || !alive_ || life_ != life; };
  told_.wait_for(lock, kReportWithin, [&] { return report || over(); });
  died = !report && !closed_ && over();
  auto told = std::move(report);
  waiting_.erase(number);
  return told;
}

void Dock::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    if (line_) shutdown(line_->get(), SHUT_RDWR);
    told_.notify_all();
  }
  std::lock_guard one(starting_);
  if (reader_.joinable()) reader_.join();
}

}  // namespace shuttle
