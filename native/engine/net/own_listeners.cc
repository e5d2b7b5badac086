#include "own_listeners.h"

#include <sys/stat.h>

#include <mutex>
#include <unordered_set>
#include <utility>

namespace shuttle {

namespace {

std::mutex guard;
std::unordered_set<uint32_t> own;

uint32_t inode_of(int socket) {
  struct stat status {};
  return fstat(socket, &status) == 0 ? static_cast<uint32_t>(status.st_ino) : 0;
}

}  // namespace

OwnListener::OwnListener(Fd fd) : fd_(std::move(fd)), inode_(inode_of(fd_.get())) {
  std::lock_guard lock(guard);
  own.insert(inode_);
}

OwnListener& OwnListener::operator=(OwnListener&& other) noexcept {
  end();
  fd_ = std::move(other.fd_);
  inode_ = std::exchange(other.inode_, 0);
  address = other.address;
  length = other.length;
  return *this;
}

void OwnListener::end() {
  if (!fd_) return;
  shutdown(fd_.get(), SHUT_RDWR);  // unlike close, for every copy of the descriptor
  std::lock_guard lock(guard);
  own.erase(inode_);
  fd_.reset();
}

bool is_own_listener(uint32_t inode) {
  std::lock_guard lock(guard);
  return own.contains(inode);
}

}  // namespace shuttle
