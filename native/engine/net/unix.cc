// Connecting unix sockets. A path is carried by connecting the program's own socket to the file in the other VM's
// root or on the host, so that epoll, dup and flags stay native; an abstract name lives in a network namespace, so a
// socket made there takes the place of the caller's.
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../engine.h"
#include "../workers.h"
#include "connect.h"
#include "place.h"
#include "replace.h"
#include "sock_diag.h"
#include "rendezvous.h"
#include "unix.h"
#include "unix_name.h"

namespace shuttle {

namespace {

// One socket found in a place: by its file, or by its abstract name.
struct Found {
  Place place;
  Fd file;          // O_PATH; empty for abstract names
  Owner owner;
};

struct Asked {
  std::string object;              // canonical: absolute, links followed where the VM has them
  std::string_view abstract;       // the bytes of an abstract name; null data otherwise
  bool is_abstract() const { return abstract.data() != nullptr; }
};

// An address that leads to the file behind a descriptor.
socklen_t path_of_fd(int fd, sockaddr_un& out) {
  out = {.sun_family = AF_UNIX, .sun_path = {}};
  const int size = snprintf(out.sun_path, sizeof out.sun_path, "/proc/self/fd/%d", fd);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<size_t>(size) + 1);
}

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

std::vector<Found> look_outside(const Trap& trap, const Asked& asked) {
  std::vector<Found> found;
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

// Connects without waiting longer than a moment, whatever the socket's own flags: those are shared with the program.
int connect_briefly(int socket, const sockaddr* address, socklen_t length) {
  timeval before{}, moment{.tv_sec = 0, .tv_usec = 1000};
  socklen_t size = sizeof before;
  getsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &before, &size);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof moment);
  const int error = connect(socket, address, length) == 0 ? 0 : errno;
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof before);
  return error;
}

struct Crossing {
  Trap trap;
  SocketCall call;
  Found target;
  Ruling ruling;
  std::string object;
  std::optional<Tap> tap;

  void record(int error) const {
    trap.record({.op = Op::kUnixConnect, .object = object, .peer = target.owner.place, .peer_image = target.owner.image,
                 .verdict = Verdict::kShuttled, .status = error, .rule = ruling.rule,
                 .channel = tap ? std::optional(tap->channel) : std::nullopt});
  }
  // Descriptors may come along, and with them sockets of another network.
  void expect_foreign_sockets() const {
    trap.vm.expect_foreign_sockets();
    target.place.expect_foreign_sockets();
  }
};

// Connects `socket` to the target, in whose network it must be where the name is abstract.
int reach(const Crossing& crossing, int socket) {
  if (!crossing.target.file) return connect_briefly(socket, crossing.call.target(), crossing.call.length);
  sockaddr_un address;
  const socklen_t length = path_of_fd(crossing.target.file.get(), address);
  return connect_briefly(socket, reinterpret_cast<sockaddr*>(&address), length);
}

int join_abstract(const Crossing& crossing) {
  int error = 0;
  Fd fresh = crossing.target.place.make_socket(AF_UNIX, crossing.call.type, &error);
  if (!fresh) return error;
  if ((error = reach(crossing, fresh.get()))) return error;
  crossing.expect_foreign_sockets();
  return replace_socket(crossing.trap, crossing.call, crossing.trap.arg_int(0), fresh);
}

// The engine in the middle: the program's own socket is connected to a socket of ours.
int join_relayed(const Crossing& crossing) {
  int error = 0;
  Fd outside = crossing.target.place.make_socket(AF_UNIX, crossing.call.type, &error);
  if (!outside) return error;
  if ((error = reach(crossing, outside.get()))) return error;
  Fd inside = meet(crossing.call.socket.get(), crossing.call.type, &error);
  if (!inside) return error;
  const bool pass = !crossing.ruling.relay;
  if (pass) crossing.expect_foreign_sockets();
  crossing.trap.vm.engine.relay().join(std::move(inside), std::move(outside),
                                       {.tap = crossing.tap, .messages = crossing.call.type == SOCK_SEQPACKET, .descriptors = pass});
  return 0;
}

int join(const Crossing& crossing) {
  if (crossing.tap && crossing.call.type != SOCK_DGRAM) return join_relayed(crossing);
  if (!crossing.target.file) return join_abstract(crossing);
  crossing.expect_foreign_sockets();
  return reach(crossing, crossing.call.socket.get());
}

// A full backlog makes a blocking caller wait, as it would natively, for as long as the caller lives.
void wait_for_backlog(const Crossing& crossing) {
  int error = EAGAIN;
  while (error == EAGAIN && crossing.trap.valid() && !crossing.trap.vm.engine.workers().stopping()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    error = join(crossing);
  }
  crossing.record(error);
  crossing.trap.answer(error ? Answer::fail(error) : Answer::give(0));
}

Answer carry(Crossing crossing) {
  const int error = join(crossing);
  if (error != EAGAIN || crossing.call.nonblocking()) {
    crossing.record(error);
    return error ? Answer::fail(error) : Answer::give(0);
  }
  auto waiting = std::make_shared<Crossing>(std::move(crossing));
  waiting->trap.vm.engine.workers().run([waiting] { wait_for_backlog(*waiting); });
  return Answer::later();
}

// What the program asks for, and whether its own VM has it.
bool inside(const Trap& trap, const SocketCall& call, Asked& asked) {
  asked.object = unix_name(call.address, call.length);
  asked.abstract = abstract_bytes(call.address, call.length);
  if (asked.is_abstract()) return unix_listens(trap.vm.diag(), std::string(1, '\0').append(asked.abstract));
  asked.object = absolute_in_vm(trap, asked.object);
  const Place here(trap.vm.engine.find(trap.vm.name()));
  const Fd file = here.open_path(asked.object);
  if (!file) return false;
  const std::string canonical = name_of_descriptor(file.get());
  if (!canonical.empty()) asked.object = canonical;
  return listens_at(here, file, nullptr);
}

}  // namespace

std::string name_of_descriptor(int fd) {
  char path[64], target[4096];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(path, target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

std::string absolute_in_vm(const Trap& trap, const std::string& path) {
  if (path.starts_with('/')) return path;
  char link[64], cwd[4096];
  snprintf(link, sizeof link, "/proc/%d/cwd", trap.caller->tid);
  const ssize_t size = readlink(link, cwd, sizeof cwd);
  return size > 0 ? std::string(cwd, static_cast<size_t>(size)) + "/" + path : path;
}

Answer connect_unix(const Trap& trap, SocketCall call) {
  Asked asked;
  if (inside(trap, call, asked)) {
    trap.record({.op = Op::kUnixConnect, .object = asked.object, .peer = trap.vm.name(), .verdict = Verdict::kPassed, .source = Source::kSeen});
    return connect_inside(trap, std::move(call));
  }
  std::vector<Found> found = look_outside(trap, asked);
  std::vector<Owner> owners;
  for (const Found& each : found) owners.push_back(each.owner);
  Bindings bindings;
  const Question question = question_of(trap, Op::kUnixConnect, asked.object, bindings);
  Ruling ruling = rule_on(*trap.vm.engine.rules, question, owners, trap.vm.spec.mode == Mode::kAllow);
  if (ruling.verdict == Verdict::kShuttled)
    return carry({trap, std::move(call), std::move(found[static_cast<size_t>(ruling.owner)]), ruling, asked.object, tap_for(trap, ruling)});

  // As the kernel would say it were nothing there.
  const int error = asked.is_abstract() ? ECONNREFUSED : ENOENT;
  refuse(trap, Op::kUnixConnect, asked.object, owners, ruling, error);
  return Answer::fail(error);
}

}  // namespace shuttle
