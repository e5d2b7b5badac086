// The open family: which kind of thing is meant, and the quick way past what nobody needs to hear of.
#include "open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../handlers.h"
#include "calls.h"
#include "looked.h"
#include "names.h"
#include "open_flags.h"
#include "state.h"

namespace shuttle {

namespace {

struct Asked {
  int dirfd = AT_FDCWD;
  uint64_t name = 0;
  int flags = 0;
  mode_t mode = 0;
};

// Nothing outside can be meant, and nothing has to be made writable first.
bool is_own_business(const ZoneMap& zones, std::string_view path, bool changing) {
  if (!changing && zones.of(path) == Zone::kBase) return true;
  return is_below(path, "/sys") || is_below(path, "/proc") || is_below(path, "/dev/pts") || path == "/dev/null" || path == "/dev/tty";
}

Answer open_call(const Trap& trap, const Asked& asked) {
  // Whatever cannot be read here, the kernel refuses by itself; and an open may always be continued, since the mounts
  // are the wall.
  const auto text = trap.text(asked.name, 4096);
  if (!text || text->empty()) return Answer::go_on();
  const bool changing = changes(asked.flags);
  const ZoneMap& zones = files_of(trap.vm).zones;
  const bool plain = is_canonical(*text) && !text->starts_with("/proc/") && !text->starts_with("/dev/fd/");
  const std::string path = plain ? *text : absolute_name(trap, asked.dirfd, *text);
  if (path.empty() || is_own_business(zones, plain ? path : canonical(path), changing)) return Answer::go_on();

  const bool last = !(asked.flags & O_NOFOLLOW) && (asked.flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
  Opening open{trap, asked.flags, asked.mode, find_in(trap.vm.init().root(), path, last), last};
  note_links(trap, path, open.here, last);
  if (open.name() != path && is_own_business(zones, open.name(), changing)) return Answer::go_on();
  if (is_below(open.name(), "/dev/shm") && open.name().size() > 9) return open_shared_memory(open);
  if (is_below(open.name(), "/dev")) return open_device(open);
  if (open.here.exists && S_ISFIFO(open.here.mode)) return open_own_fifo(open);
  if (changing) return open_to_change(open, !text->starts_with('/'));
  return open.here.unsure ? Answer::go_on() : open_plain(open);
}

// struct open_how, of which newer kernels may take more.
struct OpenHow {
  uint64_t flags = 0, mode = 0, resolve = 0;
};

}  // namespace

Answer on_creat(const Trap& trap) {
  return open_call(trap, {.name = trap.notice.args[0], .flags = O_CREAT | O_WRONLY | O_TRUNC, .mode = static_cast<mode_t>(trap.arg_int(1))});
}

Answer on_open(const Trap& trap) {
  return open_call(trap, {.name = trap.notice.args[0], .flags = trap.arg_int(1), .mode = static_cast<mode_t>(trap.arg_int(2))});
}

Answer on_openat(const Trap& trap) {
  return open_call(trap, {.dirfd = trap.arg_int(0), .name = trap.notice.args[1], .flags = trap.arg_int(2), .mode = static_cast<mode_t>(trap.arg_int(3))});
}

Answer on_openat2(const Trap& trap) {
  OpenHow how;
  if (trap.notice.args[3] < sizeof how || !trap.read(trap.notice.args[2], &how, sizeof how)) return Answer::go_on();
  return open_call(trap, {.dirfd = trap.arg_int(0), .name = trap.notice.args[1], .flags = static_cast<int>(how.flags), .mode = static_cast<mode_t>(how.mode)});
}

}  // namespace shuttle
