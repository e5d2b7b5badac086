#include "threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <memory>
#include <string>

#include "../fd.h"

namespace shuttle {

namespace {

constexpr std::chrono::milliseconds kPause{50};
constexpr size_t kMost = 4096;

// The innermost number on the line `NSpid:` of a thread's status.
pid_t inner(const std::string& folder) {
  const Fd file(open((folder + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  char text[4096];
  const ssize_t size = file ? read(file.get(), text, sizeof text - 1) : -1;
  if (size <= 0) return 0;
  text[size] = 0;
  const char* line = strstr(text, "\nNSpid:");
  if (!line) return 0;
  pid_t last = 0;
  for (const char* at = line + 7; *at && *at != '\n';) {
    char* end;
    const long number = strtol(at, &end, 10);
    if (end == at) break;
    last = static_cast<pid_t>(number);
    at = end;
  }
  return last;
}

}  // namespace

pid_t ThreadNames::host(pid_t vm_tid) {
  auto found = known_.find(vm_tid);
  if (found == known_.end()) {
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ < kPause) return pid_;
    looked_ = now;
    look();
    found = known_.find(vm_tid);
  }
  return found == known_.end() ? pid_ : found->second;
}

void ThreadNames::look() {
  const std::string tasks = "/proc/" + std::to_string(pid_) + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(tasks.c_str()), closedir);
  if (!folder) return;
  for (size_t count = 0; count < kMost;) {
    const dirent* entry = readdir(folder.get());
    if (!entry) return;
    const pid_t tid = atoi(entry->d_name);
    if (tid <= 0) continue;
    count++;
    if (const pid_t inside = inner(tasks + "/" + entry->d_name)) known_[inside] = tid;
  }
}

}  // namespace shuttle
