#pragma once
#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "../fd.h"

namespace shuttle {

// Who listens in a network namespace, asked of the kernel. A diag socket is
// socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_SOCK_DIAG) and speaks for the namespace it was made in
// (`InitClient::make_socket` makes one in a VM's). Any thread may use it.
Fd diag_socket();

// An inet socket as the kernel lists it. Addresses are in network order, IPv4 in the first four bytes.
struct InetSocket {
  int family = 0;
  unsigned char address[16] = {};
  uint16_t port = 0, peer_port = 0;
  unsigned char peer[16] = {};
  bool v6_only = false;
  bool listening = false;  // TCP listening, or UDP not connected
  uint32_t inode = 0;
};

// Sockets of the namespace with this local port: listening TCP ones, or all UDP ones.
std::vector<InetSocket> inet_sockets(int diag, int protocol, uint16_t port);

// Sockets that do not count as answers, for those the engine itself opened inside a VM.
using SkipSocket = std::function<bool(uint32_t inode)>;

// The socket that would get what is sent to `at`: the exact address before a wildcard, of the right family or of
// IPv6 that takes both. Null where nobody would. Pure.
const InetSocket* socket_for(const std::vector<InetSocket>& sockets, const sockaddr& at, const SkipSocket& skip = {});

// Whether somebody would answer at this address of the diag socket's namespace; `inode` gets the socket's.
// A namespace whose loopback has every address counts a bound address as written, so only `at` itself matters.
bool tcp_listens(int diag, const sockaddr& at, uint32_t* inode = nullptr, const SkipSocket& skip = {});
bool udp_bound(int diag, const sockaddr& at, uint32_t* inode = nullptr, const SkipSocket& skip = {});

// A bound unix socket. `name` is a path, or an abstract name with its leading zero byte.
struct UnixSocket {
  uint32_t inode = 0;
  int type = 0;            // SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET
  bool listening = false;  // for SOCK_DGRAM: bound, so it can be sent to
  std::string name;
  uint32_t file_inode = 0;  // of the socket's file; 0 for abstract ones
};

// Whether a unix socket of this name (or, with `file_inode`, of this file) takes connections or datagrams.
bool unix_listens(int diag, std::string_view name, UnixSocket* found = nullptr);
bool unix_file_listens(int diag, uint32_t file_inode, UnixSocket* found = nullptr);

// The program of the process that holds a socket, found by looking through /proc/*/fd, where the engine may look: of a
// VM's processes, by the number of its pid namespace, or (0) of those in no VM. A holder other than process 1 and this
// one is preferred: those hand sockets on. Empty where nobody was found, or too much would have to be looked at.
std::string image_of_socket(uint32_t inode, ino_t space);

}  // namespace shuttle
