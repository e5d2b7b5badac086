#pragma once
#include <cstdint>

#include <sys/types.h>

namespace shuttle {

// One trapped system call, copied out of the kernel once; nothing in it can change afterwards.
struct Notice {
  uint64_t id = 0;
  pid_t tid = 0;      // as the host sees it
  uint32_t arch = 0;  // AUDIT_ARCH_*
  int nr = 0;
  uint64_t args[6] = {};
};

// What becomes of a trapped call. `Continue` lets the kernel perform it as it stands: only for recording, and where
// the wall itself refuses what must not be. `Later`: a worker of the engine will answer.
struct Answer {
  enum class Kind : uint8_t { kContinue, kValue, kLater } kind = Kind::kValue;
  int64_t value = 0;  // the call's result; a negative errno is a failure

  static Answer go_on() { return {Kind::kContinue, 0}; }
  static Answer give(int64_t value) { return {Kind::kValue, value}; }
  static Answer fail(int error) { return {Kind::kValue, -error}; }
  static Answer later() { return {Kind::kLater, 0}; }
};

// The seam at the kernel: everything the engine asks of a seccomp listener.
class Notifier {
 public:
  virtual ~Notifier() = default;
  // Waits for the next trapped call. False when the listener has nobody left to listen to.
  virtual bool receive(Notice& notice) = 0;
  // Whether the call is still waiting; to be asked after its memory was read.
  virtual bool valid(uint64_t id) const = 0;
  // False when the caller has gone away meanwhile.
  virtual bool respond(uint64_t id, const Answer& answer) = 0;
  // Puts a copy of `fd` into the caller: at number `at`, or at a free one where `at` is negative.
  // Returns the number or a negative errno. `close_on_exec` sets the copy's flag.
  virtual int add_fd(uint64_t id, int fd, int at, bool close_on_exec) = 0;
};

}  // namespace shuttle
