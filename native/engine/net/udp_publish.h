#pragma once
#include <memory>

#include "address.h"
#include "publish.h"

namespace shuttle {

class Vm;

// Shows a UDP server of the VM at the same address of the host: each sender there gets a socket of its own inside, from
// which the server hears it and to which it answers. Null with an errno in `error` where the address cannot be had.
std::unique_ptr<Published> publish_udp(Vm& vm, const Address& at, int& error);

}  // namespace shuttle
