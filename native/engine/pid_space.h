#pragma once
#include <sys/types.h>

namespace shuttle {

// The number of the pid namespace a process is in; 0 where it is gone or not ours to ask about.
ino_t pid_space_of(pid_t pid);

// The pid namespace of a VM that this engine knows, for as long as it does.
class PidSpace {
 public:
  PidSpace() = default;
  explicit PidSpace(pid_t init);
  PidSpace(const PidSpace&) = delete;
  PidSpace& operator=(PidSpace&& other) noexcept;
  ~PidSpace();

  ino_t number() const { return number_; }
  static bool is_a_vms(ino_t number);

 private:
  ino_t number_ = 0;
};

}  // namespace shuttle
