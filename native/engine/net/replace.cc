#include "replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "../vm.h"
#include "address.h"

namespace shuttle {

namespace {

struct Option {
  int level, name;
};
// Those that a program sets before it connects and the kernel keeps as plain values.
constexpr Option kCopied[] = {
    {SOL_SOCKET, SO_KEEPALIVE},    {SOL_SOCKET, SO_PASSCRED},     {SOL_SOCKET, SO_PRIORITY},    {SOL_SOCKET, SO_OOBINLINE},
    {SOL_SOCKET, SO_LINGER},       {SOL_SOCKET, SO_SNDTIMEO},     {SOL_SOCKET, SO_RCVTIMEO},    {SOL_SOCKET, SO_RCVLOWAT},
    {IPPROTO_TCP, TCP_NODELAY},    {IPPROTO_TCP, TCP_KEEPIDLE},   {IPPROTO_TCP, TCP_KEEPINTVL}, {IPPROTO_TCP, TCP_KEEPCNT},
    {IPPROTO_TCP, TCP_USER_TIMEOUT}, {IPPROTO_TCP, TCP_QUICKACK}, {IPPROTO_TCP, TCP_CORK},      {IPPROTO_IP, IP_TOS},
    {IPPROTO_IPV6, IPV6_V6ONLY},   {IPPROTO_IPV6, IPV6_TCLASS},
};
constexpr int kBuffers[] = {SO_SNDBUF, SO_RCVBUF};

struct OpenDescriptor {
  int number;
  std::string link;
};

std::string socket_link(ino_t inode) { return "socket:[" + std::to_string(inode) + "]"; }

// All that the process has open.
std::vector<OpenDescriptor> descriptors_of(const Trap& trap) {
  std::vector<OpenDescriptor> open;
  const std::string folder = "/proc/" + std::to_string(trap.notice.tid) + "/fd";
  DIR* list = opendir(folder.c_str());
  if (!list) return open;
  while (const dirent* entry = readdir(list)) {
    char target[64];
    const ssize_t size = readlinkat(dirfd(list), entry->d_name, target, sizeof target);
    if (size > 0) open.push_back({atoi(entry->d_name), std::string(target, static_cast<size_t>(size))});
  }
  closedir(list);
  return open;
}

std::ifstream about(const Trap& trap, int number) {
  return std::ifstream("/proc/" + std::to_string(trap.notice.tid) + "/fdinfo/" + std::to_string(number));
}

bool closes_on_exec(const Trap& trap, int number) {
  std::ifstream info = about(trap, number);
  std::string key, value;
  while (info >> key >> value)
    if (key == "flags:") return strtoul(value.c_str(), nullptr, 8) & O_CLOEXEC;
  return false;
}

bool epoll_has(const Trap& trap, int epoll, int number) {
  std::ifstream info = about(trap, epoll);
  std::string line;
  while (std::getline(info, line))
    if (line.starts_with("tfd:") && atoi(line.c_str() + 4) == number) return true;
  return false;
}

}  // namespace

void copy_options(int from, int to) {
  for (const auto [level, name] : kCopied) {
    char value[32];
    socklen_t size = sizeof value;
    if (getsockopt(from, level, name, value, &size) == 0) setsockopt(to, level, name, value, size);
  }
  // A buffer that nobody set keeps growing by itself; setting it would stop that.
  int plain[2] = {}, set[2] = {};
  for (int i = 0; i < 2; i++) {
    socklen_t size = sizeof set[i];
    getsockopt(from, SOL_SOCKET, kBuffers[i], &set[i], &size);
    getsockopt(to, SOL_SOCKET, kBuffers[i], &plain[i], &size);
    const int half = set[i] / 2;  // the kernel doubles what it is told
    if (set[i] != plain[i]) setsockopt(to, SOL_SOCKET, kBuffers[i], &half, sizeof half);
  }
  fcntl(to, F_SETFL, fcntl(from, F_GETFL) & (O_NONBLOCK | O_ASYNC));
}

bool is_fresh(const Trap& trap, const SocketCall& call, int number) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  struct stat about_socket;
  if (getsockname(call.socket.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0 || Address::of(reinterpret_cast<sockaddr&>(own)).port) return false;
  if (fstat(call.socket.get(), &about_socket) != 0) return false;
  const auto open = descriptors_of(trap);
  const std::string link = socket_link(about_socket.st_ino);
  if (std::ranges::count(open, link, &OpenDescriptor::link) != 1) return false;
  return std::ranges::none_of(open, [&](const OpenDescriptor& each) { return each.link == "anon_inode:[eventpoll]" && epoll_has(trap, each.number, number); });
}

int replace_socket(const Trap& trap, const SocketCall& call, int number, const Fd& fresh) {
  struct stat old;
  if (fstat(call.socket.get(), &old) != 0) return errno;
  std::vector<int> numbers;
  for (const OpenDescriptor& each : descriptors_of(trap))
    if (each.link == socket_link(old.st_ino)) numbers.push_back(each.number);
  if (numbers.empty()) numbers.push_back(number);
  for (const int each : numbers) {
    const int put = trap.vm.notifier().add_fd(trap.notice.id, fresh.get(), each, closes_on_exec(trap, each));
    if (put < 0) return -put;
  }
  return 0;
}

}  // namespace shuttle
