#include "unix_find.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../engine.h"
#include "sock_diag.h"
#include "unix_name.h"

namespace shuttle {

namespace {

bool listens_at(const Place& place, const Fd& file, UnixSocket* found) {
  struct stat about;
  if (!file || fstat(file.get(), &about) != 0 || !S_ISSOCK(about.st_mode)) return false;
  return unix_file_listens(place.diag(), static_cast<uint32_t>(about.st_ino), found);
}

// Where the host keeps what the VM sees at `path`.
std::string host_path(const Vm& vm, const std::string& path) {
  const ZonePath* zone = vm.zone_of(path);
  if (!zone || zone->from.empty() || zone->from == zone->path) return path;
  return zone->from + path.substr(zone->path.size());
}

// The name of what a descriptor is open on, links followed.
std::string name_of_descriptor(int fd) {
  char path[64], target[4096];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(path, target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

}  // namespace

socklen_t address_of_file(int fd, sockaddr_un& out) {
  out = {.sun_family = AF_UNIX, .sun_path = {}};
  const int size = snprintf(out.sun_path, sizeof out.sun_path, "/proc/self/fd/%d", fd);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<size_t>(size) + 1);
}

std::string absolute_in_vm(const Trap& trap, const std::string& path) {
  if (path.starts_with('/')) return path;
  char link[64], cwd[4096];
  snprintf(link, sizeof link, "/proc/%d/cwd", trap.caller->tid);
  const ssize_t size = readlink(link, cwd, sizeof cwd);
  return size > 0 ? std::string(cwd, static_cast<size_t>(size)) + "/" + path : path;
}

UnixAsked unix_asked(const Trap& trap, const SocketCall& call) {
  UnixAsked asked{.object = unix_name(call.address, call.length), .abstract = abstract_bytes(call.address, call.length)};
  if (asked.is_abstract()) {
    asked.inside = unix_listens(trap.vm.diag(), std::string(1, '\0').append(asked.abstract));
    return asked;
  }
  const Place here(trap.vm.shared_from_this());
  asked.object = absolute_in_vm(trap, asked.object);
  asked.file = here.open_path(asked.object);
  if (!asked.file) return asked;
  const std::string canonical = name_of_descriptor(asked.file.get());
  if (!canonical.empty()) asked.object = canonical;
  asked.inside = listens_at(here, asked.file, nullptr);
  return asked;
}

std::vector<UnixFound> unix_outside(const Trap& trap, const UnixAsked& asked) {
  std::vector<UnixFound> found;
  const ZonePath* zone = trap.vm.zone_of(asked.object);
  for (Place& place : Place::others(trap.vm)) {
    UnixSocket socket;
    Fd file;
    if (asked.is_abstract()) {
      if (!unix_listens(place.diag(), std::string(1, '\0').append(asked.abstract), &socket)) continue;
    } else {
      file = place.open_path(place.is_host() ? host_path(trap.vm, asked.object) : asked.object);
      if (!listens_at(place, file, &socket)) continue;
    }
    Owner owner{.place = place.name(), .image = image_of_socket(socket.inode), .hidden = place.is_host() && zone && zone->zone == Zone::kProtected};
    found.push_back({std::move(place), std::move(file), std::move(owner)});
  }
  return found;
}

}  // namespace shuttle
