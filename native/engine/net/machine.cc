#include "machine.h"

#include <ifaddrs.h>

#include <chrono>
#include <mutex>
#include <set>

#include "sock_diag.h"

namespace shuttle {
namespace {

std::set<Address> own_addresses() {
  std::set<Address> own;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return own;
  for (ifaddrs* one = all; one; one = one->ifa_next)
    if (one->ifa_addr)
      if (Address address = Address::of(*one->ifa_addr)) own.insert(address.with_port(0));
  freeifaddrs(all);
  return own;
}

bool an_interface_has(const Address& address) {
  static std::mutex mutex;
  static std::set<Address> own;
  static std::chrono::steady_clock::time_point looked;
  std::lock_guard lock(mutex);
  auto now = std::chrono::steady_clock::now();
  if (own.empty() || now - looked > std::chrono::seconds(1)) {
    own = own_addresses();
    looked = now;
  }
  return own.contains(address.with_port(0));
}

}  // namespace

bool is_machine_address(const Address& address) {
  return address.is_any() || address.is_loopback() || an_interface_has(address);
}

int host_diag() {
  static const Fd diag = diag_socket();
  return diag.get();
}

}  // namespace shuttle
