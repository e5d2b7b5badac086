#include "pid_space.h"

#include <stdio.h>
#include <sys/stat.h>

#include <mutex>
#include <set>
#include <utility>

namespace shuttle {

namespace {

std::mutex guard;
std::multiset<ino_t> of_vms;

}  // namespace

ino_t pid_space_of(pid_t pid) {
  char path[48];
  struct stat about;
  snprintf(path, sizeof path, "/proc/%d/ns/pid", pid);
  return stat(path, &about) == 0 ? about.st_ino : 0;
}

PidSpace::PidSpace(pid_t init) : number_(pid_space_of(init)) {
  std::lock_guard lock(guard);
  if (number_) of_vms.insert(number_);
}

PidSpace& PidSpace::operator=(PidSpace&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

PidSpace::~PidSpace() {
  std::lock_guard lock(guard);
  if (const auto found = of_vms.find(number_); found != of_vms.end()) of_vms.erase(found);
}

bool PidSpace::is_a_vms(ino_t number) {
  std::lock_guard lock(guard);
  return of_vms.contains(number);
}

}  // namespace shuttle
