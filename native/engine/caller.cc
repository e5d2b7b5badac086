#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "newer_kernel.h"
#include "pieced_text.h"

namespace shuttle {

namespace {

constexpr size_t kMostStarting = 4096;
constexpr int64_t kBelieved = 1'000'000;      // nanoseconds; giving away every number takes longer
constexpr int64_t kLongestExec = 50'000'000;  // from being trapped to the new image; one that takes longer is met below

void open_pidfd(Caller& caller, bool threads) {
  if (threads) caller.pidfd.reset(static_cast<int>(syscall(SYS_pidfd_open, caller.tid, kPidfdThread)));
  if (caller.pidfd) return;
  caller.pidfd.reset(static_cast<int>(syscall(SYS_pidfd_open, caller.pid, 0)));
  if (caller.tid == caller.pid) return;
  const std::string task = "/proc/" + std::to_string(caller.tid);
  caller.task.reset(open(task.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

bool alive(const Caller& caller) {
  // Nothing is found below the folder of a thread that has ended, whoever has its number now.
  if (caller.task && faccessat(caller.task.get(), "comm", F_OK, 0) != 0) return false;
  return syscall(SYS_pidfd_send_signal, caller.pidfd.get(), 0, nullptr, 0) == 0 || errno == EPERM;
}

// Still the same thread, in the same program.
bool holds(const Caller& caller) { return alive(caller) && image_of(caller.tid) == caller.image; }

std::string link_text(const char* path) {
  char target[PATH_MAX];
  ssize_t size = readlink(path, target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

// The number after `key` on its line of /proc/<pid>/status; of NSpid the last one, the innermost namespace's.
pid_t status_number(const char* status, const char* key) {
  const char* line = strstr(status, key);
  if (!line) return 0;
  pid_t number = 0;
  for (const char* at = line + strlen(key); *at && *at != '\n';) {
    char* end;
    long value = strtol(at, &end, 10);
    if (end == at) break;
    number = static_cast<pid_t>(value);
    at = end;
  }
  return number;
}

std::shared_ptr<const Caller> look_up(pid_t tid, bool threads) {
  auto caller = std::make_shared<Caller>();
  caller->tid = caller->pid = tid;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", tid);
  Fd file(open(path, O_RDONLY | O_CLOEXEC));
  char status[4096];
  ssize_t size = file ? read(file.get(), status, sizeof status - 1) : -1;
  if (size > 0) {
    status[size] = 0;
    caller->pid = status_number(status, "\nTgid:");
    caller->vm_pid = status_number(status, "\nNStgid:");
    caller->image = image_of(tid);
    open_pidfd(*caller, threads);
  }
  return caller;
}

}  // namespace

Fd descriptor_of(const Caller& caller, int number) {
  if (caller.task && syscall(SYS_kcmp, caller.tid, caller.pid, KCMP_FILES, 0, 0) > 0) {
    errno = EBADF;
    return {};
  }
  return Fd(static_cast<int>(syscall(SYS_pidfd_getfd, caller.pidfd.get(), number, 0)));
}

std::string image_of(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  std::string image = link_text(path);
  constexpr std::string_view kDeleted = " (deleted)";
  if (image.ends_with(kDeleted)) image.resize(image.size() - kDeleted.size());
  return image;
}

std::shared_ptr<const Caller> Callers::of(pid_t tid, int64_t now_ns) {
  auto found = known_.find(tid);
  if (found != known_.end()) {
    Known& known = found->second;
    if (now_ns - known.looked_ns < kBelieved) return known.caller;
    known.looked_ns = now_ns;
    if (holds(*known.caller)) return known.caller;
  }
  if (known_.size() >= most_) known_.clear();
  auto caller = look_up(tid, threads_);
  // Another thread of a process that is about to exec may still be met in the old program: not to be kept.
  if (is_starting(caller->pid, now_ns)) known_.erase(tid);
  else known_.insert_or_assign(tid, Known{caller, now_ns});
  return caller;
}

bool Callers::is_starting(pid_t pid, int64_t now_ns) {
  const auto found = starting_.find(pid);
  if (found == starting_.end()) return false;
  if (now_ns - found->second < kLongestExec) return true;
  starting_.erase(found);
  return false;
}

void Callers::forget(pid_t pid, int64_t now_ns) {
  std::erase_if(known_, [pid](const auto& entry) { return entry.second.caller->pid == pid; });
  if (starting_.size() >= kMostStarting) std::erase_if(starting_, [now_ns](const auto& entry) { return now_ns - entry.second >= kLongestExec; });
  starting_[pid] = now_ns;
}

bool read_memory(pid_t tid, uint64_t address, void* out, size_t size) {
  iovec here{out, size}, there{reinterpret_cast<void*>(address), size};
  return process_vm_readv(tid, &here, 1, &there, 1, 0) == static_cast<ssize_t>(size);
}

bool read_text(pid_t tid, uint64_t address, std::string& out, size_t limit) {
  char chunk[512];
  return pieced_text(address, out, limit, [&](uint64_t at, size_t most) -> std::string_view {
    const size_t size = std::min(most, sizeof chunk);
    if (!read_memory(tid, at, chunk, size)) return {};
    return {chunk, size};
  });
}

}  // namespace shuttle
