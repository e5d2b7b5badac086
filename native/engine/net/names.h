#pragma once
#include <sys/socket.h>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "address.h"

namespace shuttle {

class Vm;

// Which host names led a VM to which addresses: what the engine answered when the VM's programs asked. Bounded, so
// that a program that asks without end forgets its own oldest names. Safe from any thread.
class Names {
 public:
  void learn(const Address& address, std::string_view name);
  std::vector<std::string> of(const Address& address) const;  // the latest first; empty where none is known

 private:
  mutable std::mutex mutex_;
  std::map<Address, std::deque<std::string>> known_;
  std::deque<Address> order_;  // the oldest first
};

// What a rule may call an endpoint of the VM's: by each name that led to it, the latest first, and last the literal
// address. Never empty for an inet address.
std::vector<std::string> endpoint_names(Vm& vm, const sockaddr& at);

// The one to record: the first of those.
std::string endpoint_name(Vm& vm, const sockaddr& at);

}  // namespace shuttle
