#include "channel.h"

#include <sys/random.h>
#include <sys/socket.h>

#include "../engine.h"
#include "../net/connect.h"
#include "../vm.h"

namespace shuttle {

Channel make_channel() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  return {Fd(ends[0]), Fd(ends[1])};
}

Way::Way(const Asking& asking, const Ruling& ruling, Fd far, bool gated)
    : relay_(asking.vm->engine.relay()), tap_(tap_for(*asking.vm, ruling)), between_(tap_ || gated), far_(std::move(far)) {
  if (between_) ours_ = make_channel();
}

void Way::open(Gate gate, uint32_t head) {
  if (between_) relay_.join(std::move(ours_.one), std::move(far_), {.tap = tap_, .messages = true, .head = head, .gate = std::move(gate)});
  ours_.other.reset();
  far_.reset();
}

std::string private_name(const std::string& prefix) {
  unsigned char bytes[12];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return {};
  std::string name = prefix + "shuttle-";
  for (const unsigned char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    name += kDigits[byte >> 4];
    name += kDigits[byte & 15];
  }
  return name;
}

std::string as_nt(const std::string& name) { return "\\??\\" + name.substr(4); }

}  // namespace shuttle
