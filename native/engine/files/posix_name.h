#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "../trap.h"

namespace shuttle {

// The name that shm_open or sem_open was given, read off the file it stands for.
struct PosixName {
  std::string object;  // `/name`
  bool semaphore = false;

  Op create_op() const { return semaphore ? Op::kSemaphoreCreate : Op::kMemoryCreate; }
  Op open_op() const { return semaphore ? Op::kSemaphoreOpen : Op::kMemoryOpen; }

  static std::optional<PosixName> of(std::string_view path) {
    constexpr std::string_view kFolder = "/dev/shm/", kSemaphore = "sem.";
    if (!path.starts_with(kFolder)) return std::nullopt;
    path.remove_prefix(kFolder.size());
    if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
    const bool semaphore = path.starts_with(kSemaphore) && path.size() > kSemaphore.size();
    if (semaphore) path.remove_prefix(kSemaphore.size());
    return PosixName{"/" + std::string(path), semaphore};
  }
};

// Something of that name is there now, for who waits until it is.
void tell_created(const Trap& trap, const PosixName& name);

}  // namespace shuttle
