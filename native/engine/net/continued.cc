#include "continued.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include <thread>

#include "../fd.h"

namespace shuttle {

namespace {

constexpr auto kNoted = std::chrono::seconds(2);

// Whether the thread is still in a connect, bind or listen that has not gone to sleep on a socket of its own.
// /proc/<tid>/syscall says "running" or the call's number; a thread that is gone holds nothing.
bool in_socket_call(pid_t tid) {
  char path[64], text[64];
  snprintf(path, sizeof path, "/proc/%d/syscall", tid);
  Fd file(open(path, O_RDONLY | O_CLOEXEC));
  ssize_t size = file ? read(file.get(), text, sizeof text - 1) : -1;
  if (size <= 0) return false;
  text[size] = 0;
  if (text[0] == 'r') return true;
  const long nr = strtol(text, nullptr, 10);
  return nr == SYS_connect || nr == SYS_bind || nr == SYS_listen;
}

}  // namespace

void Continued::note(pid_t tid) {
  const auto now = std::chrono::steady_clock::now();
  std::lock_guard lock(mutex_);
  if (noted_.size() > 256) std::erase_if(noted_, [&](const auto& entry) { return now - entry.second > kNoted; });
  noted_[tid] = now;
}

void Continued::settle() {
  std::lock_guard lock(mutex_);
  // A running thread has left the kernel's look at its descriptor within a scheduler's turn or two; one asleep in
  // connect took its socket before it slept. So a few turns are enough, and a bound keeps a spinning program harmless.
  for (const auto& [tid, when] : noted_)
    for (int turn = 0; turn < 20 && in_socket_call(tid); turn++) std::this_thread::sleep_for(std::chrono::microseconds(200));
  noted_.clear();
}

}  // namespace shuttle
