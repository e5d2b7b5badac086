#pragma once
#include <sys/types.h>

#include <map>
#include <mutex>
#include <chrono>

namespace shuttle {

// The socket calls of a VM that were lately answered with *continue*. Before the first socket of another namespace
// comes inside, each of them must have taken hold of its own socket, or it could still be given the foreign one.
class Continued {
 public:
  void note(pid_t tid);
  // Waits until every noted thread has left its call.
  void settle();

 private:
  std::mutex mutex_;
  std::map<pid_t, std::chrono::steady_clock::time_point> noted_;
};

}  // namespace shuttle
