#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "../net/relay.h"
#include "carrier.h"

namespace shuttle {

// What stands between a stand-in and its window: decides about each message by itself, and records it. What messages bring
// over rules that are carriers of names it has the VMs at both ends remember. Lives as long as the channel does.
class WindowGate {
 public:
  // `asking` found the window; its class and title are in it.
  WindowGate(const Asking& asking, Owner owner, std::optional<uint32_t> channel);

  // See Gate. Direction 0 is to the window.
  bool pass(int direction, std::string_view packet, std::string& back);

 private:
  bool admit(std::string_view packet, std::string& back);
  bool decide(const struct WindowCall& call);
  bool answer(std::string_view packet);
  const Tap* carrier(const Vm& vm, const Ruling& ruling);
  void hear(int direction, uint32_t number, std::string_view data);

  const std::weak_ptr<Vm> vm_;
  const Asking found_;  // its `vm` unset
  const Owner owner_;
  const std::optional<uint32_t> channel_;
  std::set<uint32_t> open_;  // admitted calls whose data is still coming
  std::map<std::string, Tap, std::less<>> carriers_;  // by rule
  std::map<uint32_t, const Tap*> heard_;              // calls over one, until their answer
};

}  // namespace shuttle
