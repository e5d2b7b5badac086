#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "init.h"

namespace shuttle::init {
namespace {

constexpr const char* kShown[] = {"null", "zero", "full", "random", "urandom", "tty"};
// The VM's programs are given a terminal that the host made: here is a name for it, as `tty` looks for one.
int bind_terminal(const std::string& node) {
  for (int number = 0; number < 3; ++number) {
    struct stat given, found;
    if (!isatty(number) || fstat(number, &given) != 0) continue;
    const std::string from = "/dev/pts/" + std::to_string(minor(given.st_rdev));
    if (stat(from.c_str(), &found) != 0 || found.st_rdev != given.st_rdev || found.st_dev != given.st_dev) continue;
    if (int error = make_target(node, false); error) return error;
    return mount(from.c_str(), node.c_str(), nullptr, MS_BIND, nullptr) == 0 ? 0 : errno;
  }
  return 0;
}

constexpr const char* kLinks[][2] = {
    {"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"}, {"ptmx", "pts/ptmx"},
};

}  // namespace

// A user namespace may not make device nodes, so the host's harmless ones are bound one by one.
int make_devices(const std::string& at) {
  if (int error = make_target(at, true); error) return error;
  if (mount("tmpfs", at.c_str(), "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k") != 0) return errno;
  for (const char* name : kShown) {
    const std::string node = at + "/" + name;
    if (int error = make_target(node, false); error) return error;
    const std::string from = std::string("/dev/") + name;
    if (mount(from.c_str(), node.c_str(), nullptr, MS_BIND, nullptr) != 0) return errno;
  }
  if (int error = bind_terminal(at + "/console"); error) return error;
  for (const auto& [name, target] : kLinks)
    if (symlink(target, (at + "/" + name).c_str()) != 0) return errno;
  const std::string terminals = at + "/pts";
  if (mkdir(terminals.c_str(), 0755) != 0) return errno;
  if (mount("devpts", terminals.c_str(), "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620") != 0) return errno;
  return mkdir((at + "/shm").c_str(), 01777) == 0 ? 0 : errno;
}

}  // namespace shuttle::init
