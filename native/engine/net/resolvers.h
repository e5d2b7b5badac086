#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "dns_message.h"

namespace shuttle {

// The host's side of name resolution: its hosts file, and the servers that its resolv.conf names.

// The servers of this resolv.conf; empty: of /etc/resolv.conf. `SHUTTLE_RESOLVERS` (a list `1.2.3.4:53,[::1]:5353`)
// replaces them, and `SHUTTLE_HOSTS` the path of /etc/hosts; both are read here and nowhere else.
std::vector<Address> resolvers(const std::string& resolv_conf);
std::vector<Address> addresses_in_hosts(const std::string& name);

// Pure parts. A `nameserver` may have a port, which the C library does not know.
std::vector<Address> parse_resolvers(std::string_view resolv_conf);
std::optional<Address> parse_endpoint(std::string_view text, uint16_t default_port);
std::vector<Address> parse_hosts(std::string_view hosts, std::string_view name);

// Asks the servers in turn, twice, by UDP and where the answer does not fit by TCP; waits, so only for workers.
struct Resolution {
  std::string message;  // the server's answer as it came; empty where none did
  DnsReply reply;
  int error = 0;        // errno where no server answered
};
Resolution resolve(const DnsQuery& query, const std::vector<Address>& servers, const std::function<bool()>& stopping);

}  // namespace shuttle
