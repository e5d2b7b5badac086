// Clipboards across VMs. Each VM keeps its own. Reading what it does not have looks at the others', where a rule (or
// learning) lets it: the owner's dock reads the format then, so that what a program put off to render is rendered, and the
// reader is handed a memory file. Writing into another VM's clipboard is an operation of its own, and only by a rule.
#include "clipboard.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <chrono>
#include <vector>

#include "../../windows/ops.h"
#include "../engine.h"
#include "../net/connect.h"
#include "../net/relay.h"
#include "../vm.h"
#include "../workers.h"
#include "channel.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kFailed = static_cast<int32_t>(0xC0000001);  // STATUS_UNSUCCESSFUL
constexpr uint64_t kMostData = 64 * 1024 * 1024;
constexpr std::chrono::seconds kWithin{30};
constexpr int kTurnMs = 100;

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(done));
  }
  return true;
}

// The next frame's bytes; nothing at the end, when it takes too long, or when nobody waits for it any more.
std::optional<std::string_view> next_frame(const Fd& channel, std::vector<char>& buffer, const Vm& asker, std::chrono::steady_clock::time_point until) {
  while (asker.running() && !asker.engine.workers().stopping() && std::chrono::steady_clock::now() < until) {
    pollfd one{channel.get(), POLLIN, 0};
    if (poll(&one, 1, kTurnMs) <= 0) continue;
    const ssize_t size = recv(channel.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < static_cast<ssize_t>(sizeof(sh_frame))) return std::nullopt;
    return std::string_view(buffer.data(), static_cast<size_t>(size)).substr(sizeof(sh_frame));
  }
  return std::nullopt;
}

class Reads final : public Carrier {
 public:
  Op served() const override { return Op::kClipboardWrite; }
  std::vector<Op> asked() const override { return {Op::kClipboardRead}; }
  // One text is many formats: whether this one is there the dock says.
  bool may_have(const Asking&, Vm& other) const override { return other.agents->claims().any(Op::kClipboardWrite); }
  bool looks() const override { return true; }

  std::optional<Looked> look(const Asking& asking, Vm& other) override {
    const auto report = other.agents->dock().order({.what = SH_WAIT, .op = OP_CLIPBOARD_READ, .name = asking.object});
    if (!report || report->status != 0) return std::nullopt;
    return Looked{asking.object, {}, 0};
  }

  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    if (asking.extra[0] == kOnlyWhether) return {.told = {.verdict = SH_DONE}};
    Channel channel = make_channel();
    if (!channel.other) return failed();
    const auto opened = owner.agents->dock().order({.what = SH_OPEN, .op = OP_CLIPBOARD_READ, .name = asking.object, .channel = &channel.other});
    if (!opened || opened->status != 0) return {.absent = true};
    channel.other.reset();
    const uint64_t size = opened->extra[0];
    Fd memory(memfd_create("clipboard", MFD_CLOEXEC));
    const std::optional<Tap> tap = tap_for(*asking.vm, ruling);
    if (size > kMostData || !memory || !take(channel.one, memory, size, asking, tap)) return failed();
    Carried carried{.told = {.verdict = SH_DESCRIPTOR, .extra = {size}}};
    carried.told.descriptor = std::move(memory);
    if (tap) carried.channel = tap->channel;
    return carried;
  }

 private:
  static constexpr uint64_t kOnlyWhether = 1;  // extra[0] of a question: IsClipboardFormatAvailable

  static Carried failed() { return {.told = {.verdict = SH_BLOCKED}, .status = kFailed}; }

  static bool take(const Fd& channel, const Fd& memory, uint64_t size, const Asking& asking, const std::optional<Tap>& tap) {
    const auto until = std::chrono::steady_clock::now() + kWithin;
    std::vector<char> buffer(sizeof(sh_frame) + SH_FRAME_BYTES);
    for (uint64_t used = 0; used < size;) {
      const auto bytes = next_frame(channel, buffer, *asking.vm, until);
      if (!bytes || bytes->size() > size - used || !write_all(memory.get(), *bytes)) return false;
      used += bytes->size();
      if (!tap) continue;
      tap->hear(1, *bytes);
      asking.vm->engine.record->record(Payload{.channel = tap->channel, .direction = 1, .size = static_cast<uint32_t>(bytes->size()), .bytes = bytes->substr(0, tap->keep)});
    }
    return true;
  }
};

class Writes final : public Carrier {
 public:
  Op served() const override { return Op::kClipboardWrite; }
  std::vector<Op> asked() const override { return {Op::kClipboardWrite}; }
  bool to_each() const override { return true; }
  bool looks() const override { return true; }
  // Every Windows VM has a clipboard, and what is meant for another's only a rule says: learning does not guess it.
  bool may_have(const Asking& asking, Vm& other) const override {
    return !rule_for(asking, {Owner{.place = other.name(), .image = {}}}).rule.empty();
  }

  // extra[0]: how many formats of this writing came before, so that the first empties what was there.
  Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) override {
    Channel channel = make_channel();
    if (!channel.other) return failed();
    Way way(asking, ruling, std::move(channel.one));
    const auto read = asking.vm->agents->dock().order({.what = SH_OPEN, .op = OP_CLIPBOARD_READ, .name = asking.object, .channel = &way.end()});
    if (!read || read->status != 0) return failed();
    way.open();
    const auto set = owner.agents->dock().order({.what = SH_STAND, .op = OP_CLIPBOARD_READ, .extra = {read->extra[0], asking.extra[0]}, .name = asking.object, .channel = &channel.other});
    if (!set || set->status != 0) return failed();
    Carried carried{.told = {.verdict = SH_DONE}};
    carried.channel = way.channel();
    return carried;
  }

 private:
  static Carried failed() { return {.told = {.verdict = SH_BLOCKED}, .status = kFailed}; }
};

}  // namespace

Carrier& clipboard_reads() {
  static Reads kind;
  return kind;
}
Carrier& clipboard_writes() {
  static Writes kind;
  return kind;
}

}  // namespace shuttle
