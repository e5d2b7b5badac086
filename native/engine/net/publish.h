#pragma once
#include <memory>
#include <string>

#include "../trap.h"
#include "connect.h"

namespace shuttle {

// A server of a VM shown to the host: a listener of the engine's at the same address there.
class Published {
 public:
  virtual ~Published() = default;  // on any thread; closes the listener
};

// Publishes what the program has just begun to serve, where a rule with `to: host` says so; recorded as shuttled.
void publish(const Trap& trap, Op op, const std::string& object, const SocketCall& served);

}  // namespace shuttle
