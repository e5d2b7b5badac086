#include "rendezvous.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <string>

namespace shuttle {

namespace {

// A folder only the engine's user can enter, gone when this goes.
class Folder {
 public:
  Folder() {
    const char* base = getenv("XDG_RUNTIME_DIR");
    path_ = std::string(base && *base ? base : "/tmp") + "/shuttle-XXXXXX";
    if (!mkdtemp(path_.data())) path_.clear();
  }
  ~Folder() {
    if (path_.empty()) return;
    unlink(socket().c_str());
    rmdir(path_.c_str());
  }
  std::string socket() const { return path_ + "/s"; }

 private:
  std::string path_;
};

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path.c_str());
  return address;
}

}  // namespace

Fd meet(int socket, int type, int* error) {
  const Folder folder;
  const sockaddr_un address = address_of(folder.socket());
  Fd listener(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  const auto* name = reinterpret_cast<const sockaddr*>(&address);
  Fd accepted;
  if (type == SOCK_DGRAM) {
    if (bind(listener.get(), name, sizeof address) == 0 && connect(socket, name, sizeof address) == 0) return listener;
    *error = errno;
    return {};
  }
  if (bind(listener.get(), name, sizeof address) == 0 && listen(listener.get(), 1) == 0 && connect(socket, name, sizeof address) == 0)
    accepted.reset(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!accepted) *error = errno;
  return accepted;
}

}  // namespace shuttle
