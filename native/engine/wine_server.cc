#include "wine_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>

#include "fd.h"

namespace shuttle {

namespace {

constexpr int kPatienceMs = 3000, kLookMs = 20;

bool is_wine_server(pid_t pid) {
  char link[40], program[4096];
  snprintf(link, sizeof link, "/proc/%d/exe", pid);
  const ssize_t size = readlink(link, program, sizeof program);
  const std::string_view path(program, size > 0 ? static_cast<size_t>(size) : 0);
  return path.substr(path.rfind('/') + 1).starts_with("wineserver");
}

bool is_child(pid_t pid, pid_t parent) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(stat, line);
  const size_t name_end = line.rfind(") ");
  int found = 0;
  return name_end != std::string::npos && sscanf(line.c_str() + name_end + 2, "%*c %d", &found) == 1 && found == parent;
}

// The server leaves its first parent and so becomes a child of process 1.
Fd find_server(pid_t init) {
  const std::string whole = std::to_string(init);
  std::ifstream children("/proc/" + whole + "/task/" + whole + "/children");
  for (pid_t pid; children >> pid;) {
    if (!is_wine_server(pid)) continue;
    Fd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    // Looked at again now that the number cannot come to mean somebody else.
    if (process && is_child(pid, init)) return process;
  }
  return {};
}

}  // namespace

void end_wine_server(pid_t init, const std::function<bool()>& stopping) {
  const Fd server = find_server(init);
  if (!server || syscall(SYS_pidfd_send_signal, server.get(), SIGTERM, nullptr, 0) != 0) return;
  pollfd ended{server.get(), POLLIN, 0};
  for (int waited = 0; waited < kPatienceMs && !stopping(); waited += kLookMs)
    if (poll(&ended, 1, kLookMs) > 0) return;
}

}  // namespace shuttle
