#include "replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "../vm.h"

namespace shuttle {

namespace {

constexpr int kCopied[] = {SO_KEEPALIVE, SO_SNDBUF, SO_RCVBUF, SO_PASSCRED, SO_PRIORITY, SO_OOBINLINE};

void copy_options(int from, int to) {
  for (const int name : kCopied) {
    int value = 0;
    socklen_t size = sizeof value;
    if (getsockopt(from, SOL_SOCKET, name, &value, &size) != 0) continue;
    if (name == SO_SNDBUF || name == SO_RCVBUF) value /= 2;  // the kernel doubles what it is told
    setsockopt(to, SOL_SOCKET, name, &value, sizeof value);
  }
  for (const int name : {SO_SNDTIMEO, SO_RCVTIMEO, SO_LINGER}) {
    char value[32];
    socklen_t size = sizeof value;
    if (getsockopt(from, SOL_SOCKET, name, value, &size) == 0) setsockopt(to, SOL_SOCKET, name, value, size);
  }
  fcntl(to, F_SETFL, fcntl(from, F_GETFL) & (O_NONBLOCK | O_ASYNC));
}

// Every number of the process that means this socket.
std::vector<int> numbers_of(const Trap& trap, ino_t inode) {
  std::vector<int> numbers;
  const std::string folder = "/proc/" + std::to_string(trap.caller->tid) + "/fd";
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  DIR* list = opendir(folder.c_str());
  if (!list) return numbers;
  while (const dirent* entry = readdir(list)) {
    char target[64];
    const ssize_t size = readlink((folder + "/" + entry->d_name).c_str(), target, sizeof target);
    if (size > 0 && std::string_view(target, static_cast<size_t>(size)) == wanted) numbers.push_back(atoi(entry->d_name));
  }
  closedir(list);
  return numbers;
}

bool closes_on_exec(const Trap& trap, int number) {
  std::ifstream info("/proc/" + std::to_string(trap.caller->tid) + "/fdinfo/" + std::to_string(number));
  std::string key, value;
  while (info >> key >> value)
    if (key == "flags:") return strtoul(value.c_str(), nullptr, 8) & O_CLOEXEC;
  return false;
}

}  // namespace

int replace_socket(const Trap& trap, const SocketCall& call, int number, const Fd& fresh) {
  struct stat old;
  if (fstat(call.socket.get(), &old) != 0) return errno;
  copy_options(call.socket.get(), fresh.get());
  std::vector<int> numbers = numbers_of(trap, old.st_ino);
  if (numbers.empty()) numbers.push_back(number);
  for (const int each : numbers) {
    const int put = trap.vm.notifier().add_fd(trap.notice.id, fresh.get(), each, closes_on_exec(trap, each));
    if (put < 0) return -put;
  }
  return 0;
}

}  // namespace shuttle
