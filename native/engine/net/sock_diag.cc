#include "sock_diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "address.h"

namespace shuttle {
namespace {

// One dump at a time on one diag socket: answers carry no name of who asked.
std::mutex& turn_of(int diag) {
  static std::mutex turns[32];
  return turns[static_cast<unsigned>(diag) % 32];
}

using Each = std::function<void(const nlmsghdr& message)>;

// Reads the answer of one dump; true once the kernel said that it is whole.
bool read_dump(int diag, uint32_t sequence, const Each& each) {
  alignas(nlmsghdr) char buffer[32768];
  for (;;) {
    ssize_t got = recv(diag, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    size_t left = static_cast<size_t>(got);
    for (auto* at = reinterpret_cast<nlmsghdr*>(buffer); NLMSG_OK(at, left); at = NLMSG_NEXT(at, left)) {
      if (at->nlmsg_seq != sequence) continue;  // the rest of a dump that was given up
      if (at->nlmsg_type == NLMSG_DONE) return true;
      if (at->nlmsg_type == NLMSG_ERROR) return false;
      each(*at);
    }
  }
}

template <class Request>
bool dump(int diag, const Request& request, const Each& each) {
  struct {
    nlmsghdr head;
    Request body;
  } message{};
  static std::atomic<uint32_t> sequences{1};
  message.head.nlmsg_len = sizeof message;
  message.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.head.nlmsg_seq = sequences++;
  message.body = request;
  std::lock_guard turn(turn_of(diag));
  sockaddr_nl kernel{.nl_family = AF_NETLINK};
  if (sendto(diag, &message, sizeof message, 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel) < 0) return false;
  return read_dump(diag, message.head.nlmsg_seq, each);
}

// The attributes of a message whose fixed part is `Body`.
template <class Body, class Take>
void attributes(const nlmsghdr& message, Take take) {
  size_t fixed = NLMSG_SPACE(sizeof(Body));
  if (message.nlmsg_len < fixed) return;
  size_t left = message.nlmsg_len - fixed;
  auto* at = reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(&message) + fixed);
  for (; RTA_OK(at, left); at = RTA_NEXT(at, left)) take(*at);
}

InetSocket inet_socket(const nlmsghdr& message, int protocol) {
  auto* body = static_cast<const inet_diag_msg*>(NLMSG_DATA(&message));
  InetSocket socket;
  socket.family = body->idiag_family;
  memcpy(socket.address, body->id.idiag_src, 16);
  memcpy(socket.peer, body->id.idiag_dst, 16);
  socket.port = ntohs(body->id.idiag_sport);
  socket.peer_port = ntohs(body->id.idiag_dport);
  socket.listening = body->idiag_state == (protocol == IPPROTO_TCP ? TCP_LISTEN : TCP_CLOSE);
  socket.inode = body->idiag_inode;
  attributes<inet_diag_msg>(message, [&](const rtattr& one) {
    if (one.rta_type == INET_DIAG_SKV6ONLY) socket.v6_only = *static_cast<const uint8_t*>(RTA_DATA(&one)) != 0;
  });
  return socket;
}

// How well a socket fits an address: 0 not at all, 1 by a wildcard of both families, 2 by its own wildcard, 3 exactly.
int fit(const InetSocket& socket, const Address& at) {
  static const unsigned char any[16] = {};
  Address own = Address::from(socket.family, socket.address, socket.port);
  if (own.port != at.port) return 0;
  if (own == at) return 3;
  bool wildcard = memcmp(socket.address, any, socket.family == AF_INET ? 4 : 16) == 0;
  if (!wildcard) return 0;
  if (socket.family == at.family) return 2;
  return socket.family == AF_INET6 && at.family == AF_INET && !socket.v6_only ? 1 : 0;
}

bool answers(int diag, int protocol, const sockaddr& at, uint32_t* inode, const SkipSocket& skip) {
  std::vector<InetSocket> sockets = inet_sockets(diag, protocol, Address::of(at).port);
  const InetSocket* found = socket_for(sockets, at, skip);
  if (found && inode) *inode = found->inode;
  return found != nullptr;
}

UnixSocket unix_socket(const nlmsghdr& message) {
  auto* body = static_cast<const unix_diag_msg*>(NLMSG_DATA(&message));
  UnixSocket socket;
  socket.inode = body->udiag_ino;
  socket.type = body->udiag_type;
  socket.listening = body->udiag_type == SOCK_DGRAM || body->udiag_state == TCP_LISTEN;
  attributes<unix_diag_msg>(message, [&](const rtattr& one) {
    if (one.rta_type == UNIX_DIAG_NAME)
      socket.name.assign(static_cast<const char*>(RTA_DATA(&one)), RTA_PAYLOAD(&one));
    if (one.rta_type == UNIX_DIAG_VFS)
      socket.file_inode = static_cast<const unix_diag_vfs*>(RTA_DATA(&one))->udiag_vfs_ino;
  });
  // A path comes without its zero byte or with it, depending on how it was bound.
  if (!socket.name.empty() && socket.name[0] != 0) socket.name.resize(strnlen(socket.name.data(), socket.name.size()));
  return socket;
}

bool find_unix(int diag, UnixSocket* found, const std::function<bool(const UnixSocket&)>& meant) {
  unix_diag_req request{};
  request.sdiag_family = AF_UNIX;
  request.udiag_states = (1u << TCP_LISTEN) | (1u << TCP_CLOSE) | (1u << TCP_ESTABLISHED);
  request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS;
  bool any = false;
  dump(diag, request, [&](const nlmsghdr& message) {
    UnixSocket socket = unix_socket(message);
    if (any || !socket.listening || !meant(socket)) return;
    any = true;
    if (found) *found = std::move(socket);
  });
  return any;
}

}  // namespace

Fd diag_socket() { return Fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)); }

std::vector<InetSocket> inet_sockets(int diag, int protocol, uint16_t port) {
  std::vector<InetSocket> sockets;
  for (int family : {AF_INET, AF_INET6}) {
    inet_diag_req_v2 request{};
    request.sdiag_family = static_cast<uint8_t>(family);
    request.sdiag_protocol = static_cast<uint8_t>(protocol);
    request.idiag_states = protocol == IPPROTO_TCP ? 1u << TCP_LISTEN : ~0u;
    request.id.idiag_sport = htons(port);
    dump(diag, request, [&](const nlmsghdr& message) {
      InetSocket socket = inet_socket(message, protocol);
      if (socket.port == port) sockets.push_back(socket);
    });
  }
  return sockets;
}

const InetSocket* socket_for(const std::vector<InetSocket>& sockets, const sockaddr& at, const SkipSocket& skip) {
  Address meant = Address::of(at).reached();
  const InetSocket* best = nullptr;
  int best_fit = 0;
  for (const InetSocket& socket : sockets) {
    if (!socket.listening || (skip && skip(socket.inode))) continue;
    int now = fit(socket, meant);
    if (now > best_fit) best = &socket, best_fit = now;
  }
  return best;
}

bool tcp_listens(int diag, const sockaddr& at, uint32_t* inode, const SkipSocket& skip) {
  return answers(diag, IPPROTO_TCP, at, inode, skip);
}

bool udp_bound(int diag, const sockaddr& at, uint32_t* inode, const SkipSocket& skip) {
  return answers(diag, IPPROTO_UDP, at, inode, skip);
}

bool unix_listens(int diag, std::string_view name, UnixSocket* found) {
  return find_unix(diag, found, [&](const UnixSocket& socket) { return socket.name == name; });
}

bool unix_file_listens(int diag, uint32_t file_inode, UnixSocket* found) {
  return find_unix(diag, found, [&](const UnixSocket& socket) {
    return socket.file_inode == file_inode && !socket.name.empty() && socket.name[0] != 0;
  });
}

}  // namespace shuttle
