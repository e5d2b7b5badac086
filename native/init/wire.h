#pragma once
// What start.cc and init say to each other: a plan in a memory file, then packets over two sockets. Both ends of the
// format stand here, so that they cannot drift; the reader trusts no length and no count.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "../engine/init_client.h"

namespace shuttle::wire {

constexpr uint32_t kMagic = 0x31494853;  // SHI1

// Descriptors that init finds open. A program waits at its gate, an event counter, until the engine writes to it; nobody
// stands between. Sources follow, in the plan's order.
enum Number : int { kStdin = 0, kStdout = 1, kStderr = 2, kControl = 3, kEvents = 4, kPlan = 5, kGate = 6, kFirstSource = 7 };

enum class Ask : uint32_t { kMapped = 1, kSocket, kBind, kConnect, kMount, kStart, kSignal };
enum class Tell : uint32_t { kReady = 1, kFailed, kStarted, kExited };

// Requests and answers are single packets. `error` is 0 or an errno.
struct Request {
  Ask ask{};
  int32_t a = 0, b = 0, c = 0;  // socket: domain, type, protocol · bind: umask · start: id · signal: its number, for every program
  uint32_t size = 0;            // bytes that follow
};
struct Answer {
  int32_t error = 0;
};
// The exit code, with an error, of a program whose folder could not be entered; 126 and 127 are of the program itself.
constexpr int kFolderNotEntered = 125;

// Events: failed (error, then text), started and exited (id of the program).
struct Event {
  Tell tell{};
  int32_t id = 0, error = 0, code = -1, signal = 0;
};

// A host path whose mount was prepared by a privileged parent, and comes as a descriptor.
struct Source {
  std::string path;
  bool folder = true;
};

struct Plan {
  VmPlan vm;
  std::vector<Source> sources;
  bool born_mapped = true;  // false: the parent writes the id maps and then says kMapped
};

class Writer {
 public:
  std::string out;
  void number(uint64_t value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void text(std::string_view value) {
    number(value.size());
    out.append(value);
  }
  void texts(const std::vector<std::string>& values) {
    number(values.size());
    for (const auto& value : values) text(value);
  }
};

// Reads what Writer wrote. After the first thing that does not fit, everything is empty and `ok` is false.
class Reader {
 public:
  explicit Reader(std::string_view from) : left_(from) {}
  bool ok() const { return ok_; }
  bool done() const { return ok_ && left_.empty(); }
  uint64_t number() {
    uint64_t value = 0;
    if (auto bytes = take(sizeof value); ok_) memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number())); }
  // How many entries follow; each takes at least eight bytes, so a mad count fails here and allocates nothing.
  uint64_t count() {
    uint64_t value = number();
    if (value > left_.size() / sizeof(uint64_t)) ok_ = false;
    return ok_ ? value : 0;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> values;
    for (uint64_t n = count(); n > 0 && ok_; --n) values.push_back(text());
    return values;
  }

 private:
  std::string_view take(uint64_t size) {
    if (!ok_ || size > left_.size()) {
      ok_ = false;
      return {};
    }
    auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view left_;
  bool ok_ = true;
};

inline void put(Writer& to, const MountStep& step) {
  to.number(static_cast<uint64_t>(step.what));
  to.text(step.to);
  to.text(step.from);
  to.text(step.text);
  to.text(step.upper);
  to.text(step.work);
  to.texts(step.lower);
  to.number(step.mode);
  to.number(step.bytes);
  to.number((step.write ? 1 : 0) | (step.is_volatile ? 2 : 0) | (step.optional ? 4 : 0));
}

inline MountStep get_step(Reader& from) {
  MountStep step;
  step.what = static_cast<MountStep::Do>(from.number());
  step.to = from.text();
  step.from = from.text();
  step.text = from.text();
  step.upper = from.text();
  step.work = from.text();
  step.lower = from.texts();
  step.mode = static_cast<uint32_t>(from.number());
  step.bytes = from.number();
  const uint64_t flags = from.number();
  step.write = flags & 1;
  step.is_volatile = flags & 2;
  step.optional = flags & 4;
  return step;
}

inline void put(Writer& to, const Launch& launch) {
  to.texts(launch.argv);
  to.text(launch.cwd);
  to.texts(launch.env);
}

inline Launch get_launch(Reader& from) {
  Launch launch;
  launch.argv = from.texts();
  launch.cwd = from.text();
  launch.env = from.texts();
  return launch;
}

inline void put(Writer& to, const std::vector<Source>& sources) {
  to.number(sources.size());
  for (const auto& source : sources) {
    to.text(source.path);
    to.number(source.folder);
  }
}

inline std::vector<Source> get_sources(Reader& from) {
  std::vector<Source> sources;
  for (uint64_t n = from.count(); n > 0 && from.ok(); --n) {
    Source source;
    source.path = from.text();
    source.folder = from.number() != 0;
    sources.push_back(std::move(source));
  }
  return sources;
}

inline std::string encode(const Plan& plan) {
  Writer to;
  to.number(kMagic);
  to.text(plan.vm.hostname);
  to.number(plan.vm.uid);
  to.number(plan.vm.gid);
  to.number(plan.vm.memory);
  to.number(plan.vm.processes);
  to.number(plan.vm.cpu_seconds);
  to.number(plan.vm.disk);
  to.number(plan.vm.descriptors);
  put(to, plan.vm.program);
  to.text(plan.vm.filter);
  to.number(plan.born_mapped);
  put(to, plan.sources);
  to.number(plan.vm.steps.size());
  for (const auto& step : plan.vm.steps) put(to, step);
  return std::move(to.out);
}

inline bool decode(std::string_view bytes, Plan& plan) {
  Reader from(bytes);
  if (from.number() != kMagic) return false;
  plan.vm.hostname = from.text();
  plan.vm.uid = static_cast<uid_t>(from.number());
  plan.vm.gid = static_cast<gid_t>(from.number());
  plan.vm.memory = from.number();
  plan.vm.processes = from.number();
  plan.vm.cpu_seconds = from.number();
  plan.vm.disk = from.number();
  plan.vm.descriptors = from.number();
  plan.vm.program = get_launch(from);
  plan.vm.filter = from.text();
  plan.born_mapped = from.number() != 0;
  plan.sources = get_sources(from);
  for (uint64_t n = from.count(); n > 0 && from.ok(); --n) plan.vm.steps.push_back(get_step(from));
  return from.done() && !plan.vm.program.argv.empty();
}

}  // namespace shuttle::wire
