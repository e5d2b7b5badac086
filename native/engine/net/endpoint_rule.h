#pragma once
#include <string>
#include <vector>

#include "../owner.h"
#include "address.h"

namespace shuttle {

// How the table rules on an endpoint that may have several names: that which led to the address, and the address
// itself. The first name that a rule speaks of decides and is the object; where none is, the latest name.
struct EndpointRuling {
  Ruling ruling;
  std::string object;
};
EndpointRuling rule_on_endpoint(const Trap& trap, Op op, const Address& to, const std::vector<Owner>& owners);

}  // namespace shuttle
