#pragma once
#include <sys/socket.h>

#include <cstdint>

#include "../fd.h"
#include "address.h"

namespace shuttle {

// A listener that the engine opens inside a VM for one connection. While it is there nobody takes it for a program's,
// and it ends at once: init, which made the socket, may hold its copy a little longer than the engine.
class OwnListener {
 public:
  OwnListener() = default;
  explicit OwnListener(Fd fd);
  OwnListener(OwnListener&& other) noexcept { *this = std::move(other); }
  OwnListener& operator=(OwnListener&& other) noexcept;
  ~OwnListener() { end(); }

  int get() const { return fd_.get(); }

  // The address it is at, as a socket of the caller's family names it.
  sockaddr_storage address{};
  socklen_t length = 0;

 private:
  void end();
  Fd fd_;
  uint32_t inode_ = 0;
};

// Whether a socket, in whatever VM, is one of those. Safe from any thread.
bool is_own_listener(uint32_t inode);

}  // namespace shuttle
