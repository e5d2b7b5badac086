#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "address.h"

namespace shuttle {

// DNS messages (RFC 1035, 6891), as far as standing between a program and a resolver needs them. Pure. Everything read
// here was written by somebody who may be hostile: nothing is trusted to be whole, and no name may lead in a circle.

enum class DnsType : uint16_t { kA = 1, kNs = 2, kCname = 5, kSoa = 6, kPtr = 12, kMx = 15, kTxt = 16, kAaaa = 28, kSrv = 33, kOpt = 41 };
enum class DnsCode : uint8_t { kFine = 0, kFormat = 1, kFailed = 2, kNoName = 3, kNotDone = 4, kRefused = 5 };

// One question, with what its asker can take.
struct DnsQuery {
  uint16_t id = 0;
  bool recursion = true;
  bool extended = false;    // came with an OPT record
  bool dnssec = false;
  uint16_t room = 512;      // largest answer by UDP
  std::string question;     // as it came: name, type, class
  std::string name;         // lower case, no dot at the end; bytes that are not of host names as \xNN
  uint16_t type = 0, klass = 0;
};

// A query of one question of class IN. `code` says why not, where the message is one that deserves an answer.
std::optional<DnsQuery> parse_query(std::string_view message, DnsCode* code = nullptr);

struct DnsReply {
  DnsCode code{};
  bool truncated = false;
  std::vector<Address> addresses;  // of A and AAAA records among the answers
};

// An answer to `asked` with this id; empty where it is anything else.
std::optional<DnsReply> parse_reply(std::string_view message, const DnsQuery& asked, uint16_t id);

std::string build_query(const DnsQuery& asked, uint16_t id);
// An answer of the engine's own: a code, or addresses of the family that the question asks for.
std::string build_reply(const DnsQuery& asked, DnsCode code, const std::vector<Address>& addresses = {});
// A resolver's answer under the program's id; cut to its question where it is larger than `room`.
std::string pass_reply(const DnsQuery& asked, std::string_view reply, size_t room);
// The answer to what could not be read as a query but has an id; empty where there is none.
std::string build_refusal(std::string_view message, DnsCode code);

// The name of a type (`A`, `SRV`, else `TYPE65`).
std::string dns_type_name(uint16_t type);

}  // namespace shuttle
