#include "looked.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <deque>

#include "../detail.h"
#include "../engine.h"
#include "holders.h"
#include "open_flags.h"
#include "state.h"

namespace shuttle {

namespace {

constexpr int kMostLinks = 40;  // as many as the kernel follows

bool is_learnt(const Vm& vm) { return vm.spec.mode == Mode::kAllow && !vm.windows(); }

// The folders that every VM has need nobody's leave.
bool is_there_anyway(Vm& vm, const std::string& name) {
  return name == "/" || name == vm.spec.plan.program.cwd || name == vm.spec.variables.values[static_cast<size_t>(Token::kHome)] || files_of(vm).zones.of(name) != Zone::kOutside;
}

void note_at(const Trap& trap, const std::string& name, mode_t mode) {
  Vm& vm = trap.vm;
  if (is_there_anyway(vm, name) || !files_of(vm).looks_first(name) || !is_on_host(vm, name, false)) return;
  const Op op = S_ISLNK(mode) ? Op::kFileRead : file_op(O_RDONLY, mode, name);
  const Ruling ruling = rule_among(trap, op, name, 0, std::vector<Holder>(1), false);
  if (ruling.verdict != Verdict::kShuttled) return;
  const std::string detail = Detail().text("call", "lookup").done();
  trap.record({.op = op, .object = name, .peer = "host", .verdict = Verdict::kShuttled, .rule = ruling.rule, .source = Source::kSeen, .detail = detail});
}

std::string target_of(int root, const std::string& name) {
  const Fd link(open_resolved(root, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS));
  struct stat info;
  if (!link || fstat(link.get(), &info) != 0 || !S_ISLNK(info.st_mode)) return {};
  char target[4096];
  const ssize_t size = readlinkat(link.get(), "", target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

std::deque<std::string> parts_of(const std::string& path) {
  std::deque<std::string> parts;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    if (end > at) parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

void note_looked(const Trap& trap, const Spot& here) {
  if (is_learnt(trap.vm) && (S_ISREG(here.mode) || S_ISDIR(here.mode) || S_ISLNK(here.mode))) note_at(trap, here.name, here.mode);
}

void note_missed(const Trap& trap, const Holder& host) {
  Vm& vm = trap.vm;
  const bool told = host.hidden || vm.spec.mode == Mode::kDeny || vm.spec.audit;
  if (host.vm || !told || vm.windows() || !(S_ISREG(host.spot.mode) || (S_ISDIR(host.spot.mode) && host.hidden))) return;
  if (!files_of(vm).looks_first(host.object)) return;
  const std::string detail = Detail().text("call", "lookup").done();
  trap.record({.op = file_op(O_RDONLY, host.spot.mode, host.object), .object = host.object, .peer = "host", .verdict = Verdict::kBlocked, .status = ENOENT, .detail = detail});
}

void note_links(const Trap& trap, const std::string& asked, const Spot& found, bool last) {
  if (!found.exists || !is_learnt(trap.vm) || asked.empty() || canonical(asked) == found.name) return;
  if (asked.starts_with("/proc/") || !files_of(trap.vm).looks_first(asked + "/")) return;
  const int root = trap.vm.init().root();
  std::deque<std::string> ahead = parts_of(asked);
  std::string here = "/";
  for (int links = 0; !ahead.empty() && links < kMostLinks;) {
    const std::string part = ahead.front();
    ahead.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      here = parent_of(here);
      continue;
    }
    const std::string next = joined(here, part);
    const std::string target = ahead.empty() && !last ? std::string() : target_of(root, next);
    if (target.empty()) {
      here = next;
      continue;
    }
    links++;
    note_at(trap, next, S_IFLNK);
    if (target.starts_with('/')) here = "/";
    const auto more = parts_of(target);
    ahead.insert(ahead.begin(), more.begin(), more.end());
  }
}

}  // namespace shuttle
