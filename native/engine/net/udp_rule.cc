#include "udp_rule.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>

#include "../engine.h"
#include "../vm.h"
#include "connect.h"
#include "endpoint_rule.h"
#include "state.h"
#include "udp_owner.h"

namespace shuttle {
namespace {

using std::chrono::milliseconds;
constexpr uint16_t kDnsPort = 53;
constexpr milliseconds kInsideLasts{1000};  // then a server inside is looked for again
constexpr milliseconds kOutsideLasts{50};   // a program that keeps sending to nobody is not looked up each time

Address bound_to(int socket) {
  sockaddr_storage at{};
  socklen_t length = sizeof at;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&at), &length) != 0) return {};
  return Address::of(reinterpret_cast<sockaddr&>(at), length);
}

// The socket's address, with a port: what the kernel would do at the first send is done now, so that the sender can be
// told by it.
Address client_of(int socket) {
  Address client = bound_to(socket);
  if (!client || client.port) return client;
  sockaddr_storage any;
  int family = 0;
  socklen_t size = sizeof family;
  getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
  socklen_t length = Address::any(family, 0).put(any);
  if (bind(socket, reinterpret_cast<sockaddr*>(&any), length) != 0) return {};
  return bound_to(socket);
}

struct Outcome {
  Op op{};
  std::string object, place, image, rule;
  Verdict verdict{};
  int status = 0;
  std::optional<Tap> tap;
  Source source = Source::kSeen;
};

void record_outcome(const Trap& trap, const Outcome& outcome) {
  Row row{.op = outcome.op, .object = outcome.object, .peer = outcome.place, .peer_image = outcome.image,
          .verdict = outcome.verdict, .status = outcome.status, .rule = outcome.rule, .source = outcome.source};
  if (outcome.tap) row.channel = outcome.tap->channel;
  trap.record(row);
}

// Decides among the owners, and opens the session where the ruling carries.
Outcome cross(const Trap& trap, int socket, const UdpTable::Key& key, Op op, std::vector<UdpOwner> found) {
  std::vector<Owner> owners;
  for (const UdpOwner& one : found) owners.push_back(one.owner);
  EndpointRuling ruled = rule_on_endpoint(trap, op, key.to, owners);
  Outcome outcome{.op = op, .object = ruled.object, .place = {}, .image = {}, .rule = ruled.ruling.rule,
                  .verdict = ruled.ruling.verdict, .status = ECONNREFUSED, .tap = {}};
  if (ruled.ruling.owner < 0) return outcome;
  UdpOwner& owner = found[static_cast<size_t>(ruled.ruling.owner)];
  outcome.place = owner.owner.place;
  outcome.image = owner.owner.image;
  if (outcome.verdict != Verdict::kShuttled) return outcome;
  outcome.source = Source::kEngine;
  outcome.tap = tap_for(trap.vm, ruled.ruling);
  Fd outside = reach_udp(owner, key.to, outcome.status);
  if (outside) outcome.status = net_of(trap.vm).udp.open(trap.vm, key, std::move(outside), outcome.tap, socket);
  return outcome;
}

}  // namespace

void rule_udp(const Trap& trap, int socket, const Address& to, Op op) {
  NetState& state = net_of(trap.vm);
  Address client = client_of(socket);
  if (!client) return;
  UdpTable::Key key{client, to};
  if (state.udp.has(key, socket) || state.udp.settled(key)) return;

  InsideUdp inside = inside_udp(trap.vm, client, to);
  if (inside.served) {
    bool fresh = state.udp.note(key, "passed", kInsideLasts);
    if (inside.answering || !fresh) return;
    sockaddr_storage at;
    to.put(at);
    return record_outcome(trap, {.op = op, .object = endpoint_name(trap.vm, reinterpret_cast<sockaddr&>(at)),
                                 .place = trap.vm.name(), .image = inside.image, .rule = {}, .verdict = Verdict::kPassed,
                                 .status = 0, .tap = {}});
  }
  std::vector<UdpOwner> owners = udp_owners(trap.vm, to);
  const bool by_vm = std::ranges::any_of(owners, [](const UdpOwner& one) { return one.vm != nullptr; });
  if (to.port == kDnsPort && !by_vm && state.dns.meet_udp(trap, client, to)) return;
  Outcome outcome = cross(trap, socket, key, op, std::move(owners));
  if (state.udp.note(key, std::string(name_of(outcome.verdict)) + " " + outcome.place, kOutsideLasts)) record_outcome(trap, outcome);
}

}  // namespace shuttle
