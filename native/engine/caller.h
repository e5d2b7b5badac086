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
};

// Callers met before. A pidfd tells when a number has come to mean somebody else; exec makes an image stale.
class Callers {
 public:
  // Never null; fields stay zero or empty where the caller is already gone.
  std::shared_ptr<const Caller> of(pid_t tid);
  void forget(pid_t pid);  // of the process that is about to exec

 private:
  std::unordered_map<pid_t, std::shared_ptr<const Caller>> known_;
};

// The program file of a process as the kernel names it now, for rules that depend on it. Empty when it is gone.
std::string image_of(pid_t pid);

// Reads memory of another process. False unless all of it could be read.
bool read_memory(pid_t tid, uint64_t address, void* out, size_t size);
// A zero-terminated string of at most `limit` bytes; false where it is longer or not readable.
bool read_text(pid_t tid, uint64_t address, std::string& out, size_t limit);

}  // namespace shuttle
