#include "unix_find.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>

#include "../engine.h"
#include "../files/resolve.h"
#include "as_person.h"
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

// What the host has there for the VM's user: where root runs the VM of somebody else, what that one may write to.
Fd open_on_host(const Vm& vm, const std::string& path) {
  const VmPlan& plan = vm.spec.plan;
  std::optional<AsPerson> person;
  if (geteuid() == 0 && !plan.shift) person.emplace(plan.uid, plan.gid);
  Fd file = Place::host().open_path(path);
  if (file && person && syscall(SYS_faccessat2, file.get(), "", W_OK, AT_EMPTY_PATH | AT_EACCESS) != 0) return {};
  return file;
}

// Whether the host keeps this socket from programs: by where it really is, whatever name led there. An abstract name
// that looks like a path stands for that path (displays, agents).
bool is_hidden(const Vm& vm, const UnixAsked& asked, const Fd& file) {
  const std::string real = file ? name_of_descriptor(file.get()) : std::string();
  const std::string said = asked.is_abstract() ? std::string(asked.abstract) : asked.object;
  for (const std::string& name : {said, real}) {
    const ZonePath* zone = vm.zone_of(name);
    if (!name.empty() && ((zone && zone->zone == Zone::kProtected) || vm.is_protected_socket(name))) return true;
  }
  return false;
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
  snprintf(link, sizeof link, "/proc/%d/cwd", trap.notice.tid);
  const ssize_t size = readlink(link, cwd, sizeof cwd);
  return size > 0 ? std::string(cwd, static_cast<size_t>(size)) + "/" + path : path;
}

UnixAsked unix_asked(const Trap& trap, const SocketCall& call) {
  UnixAsked asked{.object = unix_name(call.address, call.length), .abstract = abstract_bytes(call.address, call.length)};
  if (asked.is_abstract()) {
    asked.inside = unix_listens(trap.vm.diag(), std::string(1, '\0').append(asked.abstract));
    return asked;
  }
  // Canonical even where the VM has nothing there: rules and the protected set know names without links and dots.
  const std::string path = absolute_name(trap, AT_FDCWD, asked.object);
  Spot spot = find_in(trap.vm.init().root(), path.empty() ? asked.object : path, true);
  asked.object = spot.name;
  asked.file = std::move(spot.file);
  if (asked.file) asked.inside = listens_at(Place(trap.vm.shared_from_this()), asked.file, nullptr);
  return asked;
}

std::vector<UnixFound> unix_outside(const Trap& trap, const UnixAsked& asked) {
  std::vector<UnixFound> found;
  for (Place& place : Place::others(trap.vm)) {
    UnixSocket socket;
    Fd file;
    if (asked.is_abstract()) {
      if (!unix_listens(place.diag(), std::string(1, '\0').append(asked.abstract), &socket)) continue;
    } else {
      file = place.is_host() ? open_on_host(trap.vm, host_path(trap.vm, asked.object)) : place.open_path(asked.object);
      if (!listens_at(place, file, &socket)) continue;
    }
    Owner owner{.place = place.name(), .image = image_of_socket(socket.inode, place.pid_space()), .hidden = place.is_host() && is_hidden(trap.vm, asked, file)};
    found.push_back({std::move(place), std::move(file), std::move(owner)});
  }
  return found;
}

}  // namespace shuttle
