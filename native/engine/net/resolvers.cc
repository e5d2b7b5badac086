#include "resolvers.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "../fd.h"

namespace shuttle {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 2;
constexpr auto kPatience = std::chrono::milliseconds(2000);  // for one server
constexpr int kSliceMs = 100;                                // how soon a wait notices that it is to stop
constexpr uint16_t kDnsPort = 53;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Calls `line` with the words of each line, up to a comment.
template <class Line>
void each_line(std::string_view text, std::string_view comments, Line line) {
  std::istringstream lines{std::string(text)};
  for (std::string one; std::getline(lines, one);) {
    one.resize(std::min(one.size(), one.find_first_of(comments)));
    std::istringstream split(one);
    std::vector<std::string> words{std::istream_iterator<std::string>(split), {}};
    if (!words.empty()) line(words);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::optional<Address> parse_address(std::string_view text) {
  std::string copy(text.substr(0, text.find('%')));  // a zone is of no use without its interface
  unsigned char bytes[16];
  for (int family : {AF_INET, AF_INET6})
    if (inet_pton(family, copy.c_str(), bytes) == 1) return Address::from(family, bytes, 0);
  return std::nullopt;
}

Fd connected(const Address& server, int type) {
  sockaddr_storage at;
  socklen_t length = server.put(at);
  Fd socket(::socket(server.family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket || (connect(socket.get(), reinterpret_cast<sockaddr*>(&at), length) != 0 && errno != EINPROGRESS)) return Fd();
  return socket;
}

struct Wait {
  const std::function<bool()>& stopping;
  const Clock::time_point until = Clock::now() + kPatience;

  // 0 once the socket is ready, else an errno.
  int ready(int socket, short events) const {
    pollfd waiting{.fd = socket, .events = events, .revents = 0};
    while (!stopping() && Clock::now() < until)
      if (poll(&waiting, 1, kSliceMs) > 0) return 0;
    return stopping() ? ECANCELED : ETIMEDOUT;
  }
};

uint16_t random_id() {
  uint16_t id = 0;
  while (getrandom(&id, sizeof id, 0) != sizeof id) {}
  return id;
}

// Takes a message for an answer if it is one.
bool take(const DnsQuery& query, uint16_t id, std::string_view message, Resolution& out) {
  auto reply = parse_reply(message, query, id);
  if (!reply) return false;
  out = {std::string(message), *reply, 0};
  return true;
}

int ask_by_udp(const DnsQuery& query, const Address& server, const Wait& wait, Resolution& out) {
  Fd socket = connected(server, SOCK_DGRAM);
  if (!socket) return errno;
  const uint16_t id = random_id();
  const std::string message = build_query(query, id);
  if (send(socket.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) return errno;
  std::string buffer(65536, '\0');
  for (;;) {
    if (int error = wait.ready(socket.get(), POLLIN)) return error;
    ssize_t got = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return errno;
    if (got > 0 && take(query, id, std::string_view(buffer).substr(0, static_cast<size_t>(got)), out)) return 0;
  }
}

int send_all(int socket, std::string_view bytes, const Wait& wait) {
  while (!bytes.empty()) {
    if (int error = wait.ready(socket, POLLOUT)) return error;
    ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return errno;
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return 0;
}

int receive_all(int socket, char* into, size_t size, const Wait& wait) {
  while (size > 0) {
    if (int error = wait.ready(socket, POLLIN)) return error;
    ssize_t got = recv(socket, into, size, 0);
    if (got == 0) return ECONNRESET;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return errno;
    if (got > 0) into += got, size -= static_cast<size_t>(got);
  }
  return 0;
}

int ask_by_tcp(const DnsQuery& query, const Address& server, const Wait& wait, Resolution& out) {
  Fd socket = connected(server, SOCK_STREAM);
  if (!socket) return errno;
  const uint16_t id = random_id();
  std::string message = build_query(query, id);
  message.insert(0, {static_cast<char>(message.size() >> 8), static_cast<char>(message.size() & 0xff)});
  if (int error = send_all(socket.get(), message, wait)) return error;
  unsigned char length[2];
  if (int error = receive_all(socket.get(), reinterpret_cast<char*>(length), 2, wait)) return error;
  std::string answer(static_cast<size_t>(length[0] << 8 | length[1]), '\0');
  if (int error = receive_all(socket.get(), answer.data(), answer.size(), wait)) return error;
  return take(query, id, answer, out) ? 0 : EBADMSG;
}

// A server that says it failed is as good as one that did not answer, while there is another.
bool is_answer(const Resolution& found) {
  return !found.message.empty() && (found.reply.code == DnsCode::kFine || found.reply.code == DnsCode::kNoName);
}

}  // namespace

std::optional<Address> parse_endpoint(std::string_view text, uint16_t default_port) {
  uint16_t port = default_port;
  std::string_view host = text;
  const size_t close = text.find(']');
  const size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[') && close != text.npos;
  const bool has_port = colon != text.npos && (bracketed ? colon == close + 1 : text.find(':') == colon);
  if (has_port) {
    std::string_view digits = text.substr(colon + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    host = text.substr(0, colon);
  }
  if (bracketed) host = text.substr(1, close - 1);
  auto address = parse_address(host);
  if (!address) return std::nullopt;
  return address->with_port(port);
}

std::vector<Address> parse_resolvers(std::string_view resolv_conf) {
  std::vector<Address> servers;
  each_line(resolv_conf, "#;", [&](const std::vector<std::string>& words) {
    if (words.size() < 2 || words[0] != "nameserver") return;
    if (auto server = parse_endpoint(words[1], kDnsPort)) servers.push_back(*server);
  });
  return servers;
}

std::vector<Address> parse_hosts(std::string_view hosts, std::string_view name) {
  std::vector<Address> found;
  const std::string meant = lower(name);
  each_line(hosts, "#", [&](const std::vector<std::string>& words) {
    auto address = parse_address(words[0]);
    for (size_t i = 1; address && i < words.size(); i++)
      if (lower(words[i]) == meant) {
        found.push_back(*address);
        break;
      }
  });
  return found;
}

std::vector<Address> resolvers(const std::string& resolv_conf) {
  const char* given = getenv("SHUTTLE_RESOLVERS");
  if (!given) return parse_resolvers(contents(resolv_conf.empty() ? "/etc/resolv.conf" : resolv_conf));
  std::vector<Address> servers;
  std::istringstream list{std::string(given)};
  for (std::string one; std::getline(list, one, ',');)
    if (auto server = parse_endpoint(one, kDnsPort)) servers.push_back(*server);
  return servers;
}

std::vector<Address> addresses_in_hosts(const std::string& name) {
  const char* path = getenv("SHUTTLE_HOSTS");
  return parse_hosts(contents(path ? path : "/etc/hosts"), name);
}

Resolution resolve(const DnsQuery& query, const std::vector<Address>& servers, const std::function<bool()>& stopping) {
  Resolution last;
  last.error = servers.empty() ? ENETUNREACH : 0;
  for (int round = 0; round < kRounds; round++)
    for (const Address& server : servers) {
      Resolution found;
      found.error = ask_by_udp(query, server, Wait{stopping}, found);
      if (!found.error && found.reply.truncated) {
        Resolution whole;
        if (ask_by_tcp(query, server, Wait{stopping}, whole) == 0) found = std::move(whole);
      }
      if (is_answer(found)) return found;
      if (last.message.empty()) last = std::move(found);
      if (stopping()) return last;
    }
  return last;
}

}  // namespace shuttle
