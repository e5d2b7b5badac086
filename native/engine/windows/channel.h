#pragma once
#include <optional>
#include <string>

#include "../../windows/wire.h"
#include "../fd.h"
#include "../net/relay.h"
#include "carrier.h"

namespace shuttle {

struct Channel {
  Fd one, other;
};

// What joins two docks: packets, each with its border.
Channel make_channel();

// The asker's end of what joins two docks. Where a payload is kept, or a gate decides, the engine stands between.
class Way {
 public:
  // `far`: the end towards the owner.
  Way(const Asking& asking, const Ruling& ruling, Fd far, bool gated = false);
  // For the asker's dock; nothing where there was no room for it.
  const Fd& end() const { return between_ ? ours_.other : far_; }
  Fd take_end() { return std::move(between_ ? ours_.other : far_); }
  // Under what number the record keeps what is said.
  std::optional<uint32_t> channel() const { return tap_ ? std::optional(tap_->channel) : std::nullopt; }
  // Once the dock was given its end: lets what is said through. `head`: bytes before each message that are not the program's.
  void open(Gate gate = {}, uint32_t head = sizeof(sh_frame));

 private:
  Relay& relay_;
  std::optional<Tap> tap_;
  bool between_;
  Channel ours_;
  Fd far_;
};

// A name that is not to be guessed or met by chance: `prefix`, `shuttle-`, and random digits. Empty where there are none.
std::string private_name(const std::string& prefix);

// `\\.\kind\name` as NT opens it: `\??\kind\name`.
std::string as_nt(const std::string& name);

}  // namespace shuttle
