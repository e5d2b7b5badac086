#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <optional>

#include "../vm.h"
#include "names.h"

namespace shuttle {

namespace {

constexpr int kMostLinks = 16;
constexpr int kMostTries = 500;
constexpr std::string_view kDeleted = " (deleted)";

std::string link_at(int folder, const char* path) {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(folder, path, target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

// Where a descriptor of ours leads, as its own mount namespace names it.
std::string name_of_fd(int fd) {
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return link_at(AT_FDCWD, path);
}

// `plain`: no link was met on the way, so what was found is where its name says, and the kernel need not be asked for it.
Fd open_in(int root, const std::string& path, bool last, bool* plain = nullptr) {
  const uint64_t flags = O_PATH | O_CLOEXEC | (last ? 0u : O_NOFOLLOW);
  constexpr uint64_t kInside = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  if (!plain) return Fd(open_resolved(root, path, flags, kInside));
  int file = open_resolved(root, path, flags, kInside | RESOLVE_NO_SYMLINKS);
  *plain = file >= 0 || errno != ELOOP;
  if (!*plain) file = open_resolved(root, path, flags, kInside);
  return Fd(file);
}

// The folder a process's link leads to, by the link's name in the VM's /proc or in ours.
std::string folder_of(int at, const std::string& link) {
  std::string folder = link_at(at, link.c_str());
  if (folder.ends_with(kDeleted)) folder.resize(folder.size() - kDeleted.size());
  return folder.starts_with('/') ? folder : std::string();
}

// /proc/<who>/cwd/rest and its kin: the link, as the VM's own /proc has it, and the rest.
struct ProcessLink {
  std::string link, rest;
};

std::optional<ProcessLink> process_link(const std::string& path, pid_t self) {
  if (!path.starts_with("/proc/")) return std::nullopt;
  size_t at = 6;
  auto part = [&] {
    size_t end = path.find('/', at);
    if (end == std::string::npos) end = path.size();
    std::string out = path.substr(at, end - at);
    at = std::min(end + 1, path.size());
    return out;
  };
  std::string who = part();
  if (who == "self" || who == "thread-self") who = std::to_string(self);
  if (who.empty() || who.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  std::string kind = part();
  if (kind == "task") {
    who += "/task/" + part();
    kind = part();
  }
  if (kind == "fd") {
    kind += "/" + part();
    if (at >= path.size()) return std::nullopt;  // the open file itself, judged when it was opened
  } else if (kind != "cwd" && kind != "root") {
    return std::nullopt;
  }
  return ProcessLink{"proc/" + who + "/" + kind, path.substr(at)};
}

// Errors that are the machine's, not the name's.
bool says_nothing(int error) { return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE || error == EIO; }

void fill(Spot& spot) {
  struct stat info;
  if (fstat(spot.file.get(), &info) != 0) return;
  spot.mode = info.st_mode;
  spot.owner = info.st_uid;
  spot.group = info.st_gid;
  spot.device = info.st_dev;
  spot.inode = info.st_ino;
}

}  // namespace

int open_resolved(int root, const std::string& path, uint64_t flags, uint64_t resolve) {
  open_how how = {.flags = flags, .mode = 0, .resolve = resolve};
  for (int tries = 0;; tries++) {
    const long file = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (file >= 0 || errno != EAGAIN || tries == kMostTries) return static_cast<int>(file);
  }
}

Spot find_in(int root, const std::string& path, bool last) {
  Spot spot;
  std::string asked = path;
  for (int links = 0; links < kMostLinks; links++) {
    bool plain = false;
    spot.file = open_in(root, asked, last, &plain);
    if (spot.file) {
      spot.exists = true;
      spot.name = plain ? canonical(asked) : name_of_fd(spot.file.get());
      if (!plain && spot.name.ends_with(kDeleted)) spot.name.resize(spot.name.size() - kDeleted.size());
      if (spot.name.empty()) spot.name = canonical(asked);  // deeper than a link's text can be
      fill(spot);
      return spot;
    }
    spot.name = canonical(asked);
    spot.unsure = says_nothing(errno);
    if (errno != ENOENT || spot.name == "/") return spot;
    // Nothing there: the name is that of the nearest folder that is, with the rest as it was written.
    std::string rest(leaf_of(spot.name));
    std::string above(parent_of(spot.name));
    Fd folder = open_in(root, above, true);
    if (folder) {
      const std::string target = last ? link_at(folder.get(), rest.c_str()) : std::string();
      const std::string real = name_of_fd(folder.get());
      spot.name = canonical(joined(real, rest));
      if (target.empty()) return spot;
      asked = joined(real, target);
      continue;
    }
    while (!folder && above != "/") {
      rest = std::string(leaf_of(above)) + "/" + rest;
      above = parent_of(above);
      folder = open_in(root, above, true);
    }
    if (folder) spot.name = canonical(joined(name_of_fd(folder.get()), rest));
    return spot;
  }
  return spot;
}

std::string absolute_name(const Trap& trap, int dirfd, const std::string& text) {
  std::string path = text;
  if (!text.starts_with('/')) {
    const std::string process = "/proc/" + std::to_string(trap.notice.tid);
    const std::string folder = folder_of(AT_FDCWD, dirfd == AT_FDCWD ? process + "/cwd" : process + "/fd/" + std::to_string(dirfd));
    if (folder.empty()) return {};
    path = joined(folder, text);
  }
  if (path.starts_with("/dev/fd/")) path = "/proc/self/fd/" + path.substr(8);
  for (int links = 0; links < kMostLinks && path.starts_with("/proc/"); links++) {
    const auto found = process_link(canonical(path), trap.caller().vm_pid);
    if (!found) break;
    const std::string folder = folder_of(trap.vm.init().root(), found->link);
    if (folder.empty()) break;
    path = joined(folder, found->rest);
  }
  return path;
}

}  // namespace shuttle
