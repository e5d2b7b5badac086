#pragma once
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "fd.h"

namespace shuttle {

// A thread of the VM that made a trapped call, as the kernel describes it.
struct Caller {
  pid_t tid = 0;
  pid_t pid = 0;     // its process, as the host sees it
  pid_t vm_pid = 0;  // the same inside the VM
  std::string image; // program file, as the VM names it
  Fd pidfd;          // of the thread where the kernel can, else of the process
  Fd task;           // the thread's folder in /proc where `pidfd` is not its own
};

// Callers met before. What is known of one is believed for a moment without asking again: a number comes to mean somebody
// else only after all the others were given away, and who is about to exec is told of by `forget`. On one thread.
class Callers {
 public:
  // `most`: that it knows at a time, each with a descriptor or two.
  // `threads`: whether the kernel may be asked for pidfds of threads; where it has none, that is found out.
  Callers(size_t most, bool threads) : most_(most), threads_(threads) {}
  // Never null; fields stay zero or empty where the caller is already gone. `now_ns` is any steady clock's.
  std::shared_ptr<const Caller> of(pid_t tid, int64_t now_ns);
  void forget(pid_t pid, int64_t now_ns);  // of the process that is about to exec

 private:
  struct Known {
    std::shared_ptr<const Caller> caller;
    int64_t looked_ns = 0;
  };
  bool is_starting(pid_t pid, int64_t now_ns);

  const size_t most_;
  const bool threads_;
  std::unordered_map<pid_t, Known> known_;
  std::unordered_map<pid_t, int64_t> starting_;  // since when; their image may be the old one's or the new one's
};

// A copy of a thread's descriptor; empty with errno. Where only its process can be asked, a thread with descriptors of its
// own has none rather than one of another thread's.
Fd descriptor_of(const Caller& caller, int number);

// The program file of a process as the kernel names it now, for rules that depend on it. Empty when it is gone.
std::string image_of(pid_t pid);

// Reads memory of another process. False unless all of it could be read.
bool read_memory(pid_t tid, uint64_t address, void* out, size_t size);
// A zero-terminated string of at most `limit` bytes; false where it is longer or not readable.
bool read_text(pid_t tid, uint64_t address, std::string& out, size_t limit);

}  // namespace shuttle
