// Programs that are started: recorded with what they were given, and left to the kernel, since what may run is what
// the mounts show.
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <map>

#include "detail.h"
#include "engine.h"
#include "files/holders.h"
#include "files/looked.h"
#include "files/show.h"
#include "files/state.h"
#include "handlers.h"
#include "peek.h"

namespace shuttle {

namespace {

// Enough to tell one start from another; what is longer is cut and counted.
constexpr size_t kMostArguments = 256, kLongestArgument = 1024, kMostText = 32 * 1024;
constexpr size_t kMostVariables = 64, kLongestVariable = 512;

struct Texts {
  std::vector<std::string> values;
  size_t left_out = 0;
};

// The strings of a zero-ended array of pointers. Memory may change while it is read: this is only for the record.
Texts texts_at(const Trap& trap, uint64_t array, size_t most, size_t longest) {
  Texts texts;
  Peek memory(trap.notice.tid);
  const size_t width = trap.notice.arch == AUDIT_ARCH_I386 ? 4 : 8;
  size_t total = 0;
  for (size_t i = 0; array && i < 8192; i++) {
    uint64_t pointer = 0;
    if (!memory.number(array + i * width, width, pointer) || !pointer) break;
    if (texts.values.size() >= most || total >= kMostText) {
      texts.left_out++;
      continue;
    }
    std::string text;
    memory.text(pointer, text, longest);
    total += text.size();
    texts.values.push_back(std::move(text));
  }
  return texts;
}

std::string file_text(const std::string& path, size_t most) {
  std::string text;
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char chunk[4096];
  while (file && text.size() < most) {
    const ssize_t size = read(file.get(), chunk, sizeof chunk);
    if (size <= 0) break;
    text.append(chunk, static_cast<size_t>(size));
  }
  return text;
}

// The variables that the new program has and its starter was not started with, or with another value.
std::vector<std::pair<std::string, std::string>> changed_variables(const Trap& trap, uint64_t array) {
  std::map<std::string, std::string, std::less<>> before;
  const std::string block = file_text("/proc/" + std::to_string(trap.caller().pid) + "/environ", 128 * 1024);
  for (size_t at = 0; at < block.size();) {
    size_t end = block.find('\0', at);
    if (end == std::string::npos) end = block.size();
    const std::string entry = block.substr(at, end - at);
    const size_t is = entry.find('=');
    if (is != std::string::npos) before[entry.substr(0, is)] = entry.substr(is + 1, kLongestVariable);
    at = end + 1;
  }
  std::vector<std::pair<std::string, std::string>> changed;
  for (const std::string& entry : texts_at(trap, array, 1024, 4096).values) {
    const size_t is = entry.find('=');
    if (is == std::string::npos || changed.size() >= kMostVariables) continue;
    std::string name = entry.substr(0, is), value = entry.substr(is + 1, kLongestVariable);
    const auto found = before.find(name);
    if (found == before.end() || found->second != value) changed.emplace_back(std::move(name), std::move(value));
  }
  return changed;
}

struct Start {
  int dirfd = AT_FDCWD;
  uint64_t name = 0, argv = 0, env = 0;
  int flags = 0;
};

std::string asked_path(const Trap& trap, const Start& start, const std::string& text) {
  if (!text.empty() || !(start.flags & AT_EMPTY_PATH)) return absolute_name(trap, start.dirfd, text);
  char target[4096];
  const std::string link = "/proc/" + std::to_string(trap.notice.tid) + "/fd/" + std::to_string(start.dirfd);
  const ssize_t size = readlink(link.c_str(), target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

Answer start_program(const Trap& trap, const Start& start) {
  Vm& vm = trap.vm;
  const auto text = trap.text(start.name, 4096);
  if (!text || (text->empty() && !(start.flags & AT_EMPTY_PATH))) return Answer::go_on();  // no name: refused by the kernel
  const std::string path = asked_path(trap, start, *text);
  if (path.empty() || path[0] != '/') return Answer::go_on();
  const bool last = !(start.flags & AT_SYMLINK_NOFOLLOW);
  Spot here = find_in(vm.init().root(), path, last);
  const std::string rule = show_program(trap, here).value_or(std::string());
  if (!rule.empty()) here = find_in(vm.init().root(), path, last);
  note_links(trap, path, here, true);
  const bool runs = here.exists && S_ISREG(here.mode) && (here.mode & 0111);

  const Texts argv = texts_at(trap, start.argv, kMostArguments, kLongestArgument);
  Detail detail;
  detail.list("argv", argv.values);
  if (argv.left_out) detail.number("argv_more", static_cast<int64_t>(argv.left_out));
  if (runs)
    if (const auto changed = changed_variables(trap, start.env); !changed.empty()) detail.table("env", changed);
  const std::string said = detail.done();

  const std::string object = object_name(vm, here.name);
  const Zone zone = files_of(vm).zones.of(here.name);
  Row row{.op = Op::kProgramStart, .object = object, .access = kAccessExecute, .source = Source::kSeen, .detail = said};
  std::string place;
  if (here.exists) {
    row.peer = vm.name();
    row.verdict = Verdict::kPassed;
    row.status = runs ? 0 : EACCES;
  } else {
    const auto holders = holders_of(vm, here.name, true);
    row.verdict = holders.empty() ? Verdict::kAbsent : Verdict::kBlocked;
    row.status = ENOENT;
    if (!holders.empty()) row.peer = place = holders.front().place();
  }
  FileState& state = files_of(vm);
  state.highest_pid = std::max(state.highest_pid, trap.caller().vm_pid);
  // The image that later calls of this process carry is looked up anew.
  vm.callers().forget(trap.caller().pid, vm.engine.record->now_ns());
  const uint64_t seq = trap.record(row);
  if (here.exists && zone == Zone::kOutside && is_on_host(vm, here.name, true))
    trap.record({.op = Op::kFileRead, .object = object, .peer = "host", .access = kAccessRead | kAccessExecute, .verdict = Verdict::kShuttled,
                 .rule = rule, .parent = seq, .source = Source::kSeen});
  return Answer::go_on();
}

Answer on_execve(const Trap& trap) {
  return start_program(trap, {.name = trap.notice.args[0], .argv = trap.notice.args[1], .env = trap.notice.args[2]});
}

Answer on_execveat(const Trap& trap) {
  return start_program(trap, {.dirfd = trap.arg_int(0), .name = trap.notice.args[1], .argv = trap.notice.args[2], .env = trap.notice.args[3], .flags = trap.arg_int(4)});
}

}  // namespace

void add_program_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  x86_64.push_back({SYS_execve, 0, on_execve, {}});
  x86_64.push_back({SYS_execveat, 0, on_execveat, {}});
  i386.push_back({11, 0, on_execve, {}});
  i386.push_back({358, 0, on_execveat, {}});
}

}  // namespace shuttle
