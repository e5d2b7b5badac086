#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <mutex>

#include "../notify.h"

namespace shuttle {

// The socket calls of a VM that were answered with *continue*. Before the first socket of another namespace comes
// inside, each of them must have taken hold of its own socket, or it could still be given the foreign one.
class Continued {
 public:
  void note(pid_t tid, uint64_t call);
  void forget(pid_t tid);  // it was not continued after all
  // Waits a moment until every noted thread has left its call. False where one may still be in it: a program can starve
  // its own thread for as long as it likes, so then nothing foreign may come inside.
  bool settle(const Notifier& notifier);

 private:
  std::mutex mutex_;
  std::map<pid_t, uint64_t> noted_;
  size_t most_ = 256;
};

}  // namespace shuttle
