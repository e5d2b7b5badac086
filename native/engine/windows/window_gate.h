#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "../net/relay.h"
#include "carrier.h"

namespace shuttle {

// What stands between a stand-in and its window: decides about each message by itself, and records it. Lives as long as
// the channel does.
class WindowGate {
 public:
  // `asking` found the window; its class and title are in it.
  WindowGate(const Asking& asking, Owner owner, std::optional<uint32_t> channel);

  // See Gate. Direction 0 is to the window.
  bool pass(int direction, std::string_view packet, std::string& back);

 private:
  bool admit(std::string_view packet, std::string& back);
  bool decide(const struct WindowCall& call);

  const std::weak_ptr<Vm> vm_;
  const Asking found_;  // its `vm` unset
  const Owner owner_;
  const std::optional<uint32_t> channel_;
  std::set<uint32_t> open_;  // admitted calls whose data is still coming
};

}  // namespace shuttle
