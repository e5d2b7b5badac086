#pragma once
#include <atomic>

#include "dns.h"
#include "names.h"
#include "udp_table.h"

namespace shuttle {

class Vm;

// What net/ keeps of a VM beyond its sockets: names it was told, datagram sessions, and where it asks for names.
struct NetState {
  Names names;
  UdpTable udp;
  DnsDoors dns;
  std::atomic<int> lookups{0};  // names being looked up now
};

// The VM's state, made when it is first asked for.
NetState& net_of(Vm& vm);

// Closes what is open for the VM; called when it ends. Safe to call where nothing was opened.
void close_net(Vm& vm);

}  // namespace shuttle
