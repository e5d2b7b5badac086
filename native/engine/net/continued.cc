#include "continued.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "../fd.h"

namespace shuttle {

namespace {

constexpr auto kPatience = std::chrono::milliseconds(20);
constexpr auto kTurn = std::chrono::microseconds(200);
constexpr int64_t kLongPast = 1'000'000;  // nanoseconds of running; from the answer to the look-up it takes a thousand

struct Look {
  bool gone = false, runs = true;
  int64_t ran = -1;  // nanoseconds on a processor; -1 where the kernel does not say
};

ssize_t read_of(pid_t tid, const char* what, char* text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", tid, what);
  Fd file(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t got = file ? read(file.get(), text, size - 1) : -1;
  text[std::max<ssize_t>(got, 0)] = 0;
  return got;
}

Look look_at(pid_t tid) {
  char text[512];
  Look look;
  if (read_of(tid, "stat", text, sizeof text) < 0) {
    look.gone = errno == ENOENT || errno == ESRCH;
    return look;
  }
  // The state stands after the name, which may hold anything.
  const char* name_end = strrchr(text, ')');
  look.runs = !name_end || name_end[1] != ' ' || name_end[2] == 'R';
  if (look.runs && read_of(tid, "schedstat", text, sizeof text) > 0) look.ran = strtoll(text, nullptr, 10);
  return look;
}

// Between its answer and the look-up of its descriptor a thread neither sleeps nor runs for long: one that sleeps, or
// has run since, is past it. One that is only waiting for a processor may not be.
bool is_past(pid_t tid, int64_t& ran_first) {
  const Look look = look_at(tid);
  if (look.gone || !look.runs) return true;
  if (look.ran < 0) return false;
  if (ran_first < 0) ran_first = look.ran;
  return look.ran - ran_first >= kLongPast;
}

}  // namespace

void Continued::note(pid_t tid, uint64_t call) {
  std::lock_guard lock(mutex_);
  if (noted_.size() >= most_) {
    std::erase_if(noted_, [](const auto& entry) {
      int64_t unknown = -1;
      return is_past(entry.first, unknown);
    });
    most_ = std::max<size_t>(256, noted_.size() * 2);
  }
  noted_[tid] = call;
}

void Continued::forget(pid_t tid) {
  std::lock_guard lock(mutex_);
  noted_.erase(tid);
}

bool Continued::settle(const Notifier& notifier) {
  std::lock_guard lock(mutex_);
  std::map<pid_t, int64_t> ran_first;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    std::erase_if(noted_, [&](const auto& entry) {
      if (notifier.valid(entry.second)) return false;  // its answer is still to come
      return is_past(entry.first, ran_first.try_emplace(entry.first, -1).first->second);
    });
    if (noted_.empty()) return true;
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(kTurn);
  }
}

}  // namespace shuttle
