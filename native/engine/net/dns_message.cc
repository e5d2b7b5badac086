#include "dns_message.h"

#include <cctype>
#include <cstdio>

namespace shuttle {
namespace {

constexpr size_t kHeader = 12;
constexpr size_t kLongestName = 255;
constexpr uint16_t kIsReply = 0x8000, kOpcode = 0x7800, kTruncated = 0x0200, kRecursion = 0x0100,
                   kAvailable = 0x0080;
constexpr uint16_t kInternet = 1;
constexpr uint16_t kOurRoom = 4096;
constexpr uint32_t kLocalTtl = 60;

// Reads forward through a message; once something is missing, everything after is.
class Reader {
 public:
  explicit Reader(std::string_view message, size_t at = 0) : message_(message), at_(at) {}

  bool good() const { return good_; }
  size_t at() const { return at_; }
  bool ended() const { return at_ >= message_.size(); }

  uint16_t u16() {
    if (!need(2)) return 0;
    auto byte = [&](size_t i) { return static_cast<unsigned char>(message_[at_ + i]); };
    auto value = static_cast<uint16_t>(byte(0) << 8 | byte(1));
    at_ += 2;
    return value;
  }
  uint32_t u32() {
    uint32_t high = u16();
    return high << 16 | u16();
  }
  std::string_view bytes(size_t size) {
    if (!need(size)) return {};
    auto out = message_.substr(at_, size);
    at_ += size;
    return out;
  }
  std::string name();

 private:
  bool need(size_t size) {
    if (good_ && message_.size() - at_ >= size) return true;
    good_ = false;
    return false;
  }
  std::string_view message_;
  size_t at_;
  bool good_ = true;
};

void append_label(std::string& out, std::string_view label) {
  for (unsigned char byte : label) {
    if (isalnum(byte) || byte == '-' || byte == '_' || byte == '*') {
      out += static_cast<char>(tolower(byte));
      continue;
    }
    char text[8];
    snprintf(text, sizeof text, "\\x%02x", byte);
    out += text;
  }
}

// A pointer must lead backwards, so that following them comes to an end.
std::string Reader::name() {
  std::string out;
  size_t read = 0, lowest = at_, back = 0;
  bool jumped = false;
  while (need(1)) {
    auto length = static_cast<unsigned char>(message_[at_]);
    if ((length & 0xc0) == 0xc0) {
      size_t target = u16() & 0x3fff;
      if (!good_) break;
      if (!jumped) back = at_;
      jumped = true;
      if (target >= lowest) break;
      lowest = at_ = target;
      continue;
    }
    if (length & 0xc0) break;
    at_++;
    read += length + 1u;
    if (read > kLongestName) break;
    if (length == 0) {
      if (jumped) at_ = back;
      return out;
    }
    if (!out.empty()) out += '.';
    append_label(out, bytes(length));
  }
  good_ = false;
  return {};
}

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

std::string header(uint16_t id, unsigned flags, unsigned questions, unsigned answers, unsigned more) {
  std::string out;
  for (unsigned value : {static_cast<unsigned>(id), flags, questions, answers, 0u, more}) put16(out, value);
  return out;
}

struct Record {
  uint16_t type = 0, klass = 0;
  uint32_t ttl = 0;
  std::string_view data;
};

Record record(Reader& from) {
  Record out;
  from.name();
  out.type = from.u16();
  out.klass = from.u16();
  out.ttl = from.u32();
  out.data = from.bytes(from.u16());
  return out;
}

struct Head {
  uint16_t id, flags, questions, answers, authorities, more;
};

Head head(Reader& from) {
  Head out{};
  for (uint16_t* field : {&out.id, &out.flags, &out.questions, &out.answers, &out.authorities, &out.more}) *field = from.u16();
  return out;
}

void take_question(Reader& from, std::string_view message, DnsQuery& query) {
  size_t start = from.at();
  query.name = from.name();
  query.type = from.u16();
  query.klass = from.u16();
  if (from.good()) query.question = message.substr(start, from.at() - start);
}

void take_options(Reader& from, unsigned count, DnsQuery& query) {
  for (unsigned i = 0; i < count && from.good(); i++) {
    Record one = record(from);
    if (!from.good() || one.type != static_cast<uint16_t>(DnsType::kOpt)) continue;
    query.extended = true;
    query.room = one.klass < 512 ? 512 : one.klass;
    query.dnssec = one.ttl & 0x8000;
  }
}

// The record that says how large an answer may be.
void put_options(std::string& out, bool dnssec) {
  out += '\0';
  put16(out, static_cast<unsigned>(DnsType::kOpt));
  put16(out, kOurRoom);
  put16(out, 0);
  put16(out, dnssec ? 0x8000 : 0);
  put16(out, 0);
}

unsigned reply_flags(const DnsQuery& asked, DnsCode code) {
  return kIsReply | kAvailable | (asked.recursion ? kRecursion : 0u) | static_cast<unsigned>(code);
}

// The same question: letters may differ in case, but a resolver that gives back others than it was asked is not ours.
bool same_question(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); i++)
    if (tolower(static_cast<unsigned char>(a[i])) != tolower(static_cast<unsigned char>(b[i]))) return false;
  return true;
}

}  // namespace

std::optional<DnsQuery> parse_query(std::string_view message, DnsCode* code) {
  DnsCode ignored;
  DnsCode& why = code ? *code : ignored;
  why = DnsCode::kFormat;
  Reader from(message);
  Head top = head(from);
  if (!from.good() || top.flags & kIsReply) return std::nullopt;
  if (top.flags & kOpcode) {
    why = DnsCode::kNotDone;
    return std::nullopt;
  }
  if (top.questions != 1) return std::nullopt;
  DnsQuery query;
  query.id = top.id;
  query.recursion = top.flags & kRecursion;
  take_question(from, message, query);
  if (!from.good()) return std::nullopt;
  if (query.klass != kInternet) {
    why = DnsCode::kRefused;
    return std::nullopt;
  }
  take_options(from, top.answers + top.authorities + top.more, query);
  if (!from.good()) return std::nullopt;
  return query;
}

std::optional<DnsReply> parse_reply(std::string_view message, const DnsQuery& asked, uint16_t id) {
  Reader from(message);
  Head top = head(from);
  if (!from.good() || top.id != id || !(top.flags & kIsReply) || top.questions != 1) return std::nullopt;
  DnsQuery given;
  take_question(from, message, given);
  // A question written with pointers has no twin; resolvers do not write it so.
  if (!from.good() || !same_question(given.question, asked.question)) return std::nullopt;
  DnsReply reply;
  reply.code = static_cast<DnsCode>(top.flags & 0xf);
  reply.truncated = top.flags & kTruncated;
  for (unsigned i = 0; i < top.answers; i++) {
    Record one = record(from);
    if (!from.good()) {
      if (reply.truncated) return reply;
      return std::nullopt;
    }
    const bool four = one.type == static_cast<uint16_t>(DnsType::kA) && one.data.size() == 4;
    const bool six = one.type == static_cast<uint16_t>(DnsType::kAaaa) && one.data.size() == 16;
    if (one.klass == kInternet && (four || six)) reply.addresses.push_back(Address::from(four ? AF_INET : AF_INET6, one.data.data(), 0));
  }
  return reply;
}

std::string build_query(const DnsQuery& asked, uint16_t id) {
  std::string out = header(id, kRecursion, 1, 0, asked.extended ? 1 : 0);
  out += asked.question;
  if (asked.extended) put_options(out, asked.dnssec);
  return out;
}

std::string build_reply(const DnsQuery& asked, DnsCode code, const std::vector<Address>& addresses) {
  std::string answers;
  unsigned count = 0;
  const int family = asked.type == static_cast<uint16_t>(DnsType::kA)      ? AF_INET
                     : asked.type == static_cast<uint16_t>(DnsType::kAaaa) ? AF_INET6
                                                                           : 0;
  for (const Address& address : addresses) {
    if (address.family != family) continue;
    const size_t size = family == AF_INET ? 4 : 16;
    put16(answers, 0xc000 | kHeader);  // the question's name
    put16(answers, asked.type);
    put16(answers, kInternet);
    put16(answers, kLocalTtl >> 16);
    put16(answers, kLocalTtl);
    put16(answers, static_cast<unsigned>(size));
    answers.append(reinterpret_cast<const char*>(address.bytes), size);
    count++;
  }
  std::string out = header(asked.id, reply_flags(asked, code), 1, count, asked.extended ? 1 : 0) + asked.question + answers;
  if (asked.extended) put_options(out, asked.dnssec);
  return out;
}

std::string pass_reply(const DnsQuery& asked, std::string_view reply, size_t room) {
  if (reply.size() > room || reply.size() < kHeader) {
    Reader from(reply);
    DnsCode code = static_cast<DnsCode>(head(from).flags & 0xf);
    std::string out = build_reply(asked, code);
    out[2] = static_cast<char>(out[2] | kTruncated >> 8);
    return out;
  }
  std::string out(reply);
  out[0] = static_cast<char>(asked.id >> 8);
  out[1] = static_cast<char>(asked.id & 0xff);
  return out;
}

std::string build_refusal(std::string_view message, DnsCode code) {
  Reader from(message);
  Head top = head(from);
  if (!from.good() || top.flags & kIsReply) return {};
  return header(top.id, kIsReply | kAvailable | (top.flags & (kOpcode | kRecursion)) | static_cast<unsigned>(code), 0, 0, 0);
}

std::string dns_type_name(uint16_t type) {
  switch (static_cast<DnsType>(type)) {
    case DnsType::kA: return "A";
    case DnsType::kNs: return "NS";
    case DnsType::kCname: return "CNAME";
    case DnsType::kSoa: return "SOA";
    case DnsType::kPtr: return "PTR";
    case DnsType::kMx: return "MX";
    case DnsType::kTxt: return "TXT";
    case DnsType::kAaaa: return "AAAA";
    case DnsType::kSrv: return "SRV";
    case DnsType::kOpt: return "OPT";
  }
  return "TYPE" + std::to_string(type);
}

}  // namespace shuttle
