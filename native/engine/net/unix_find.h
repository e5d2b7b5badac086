#pragma once
#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>
#include <vector>

#include "../fd.h"
#include "../owner.h"
#include "../trap.h"
#include "connect.h"
#include "place.h"

namespace shuttle {

// The name behind a unix address, as the VM's programs mean it.
struct UnixAsked {
  std::string object;          // canonical: absolute, links followed where the VM has them
  std::string_view abstract;   // the bytes of an abstract name; null data otherwise
  Fd file;                     // O_PATH of what the VM itself has there, if anything
  bool inside = false;         // a socket of the VM's own answers to it

  bool is_abstract() const { return abstract.data() != nullptr; }
};

// A socket of that name in another place: by its file, or by its abstract name.
struct UnixFound {
  Place place;
  Fd file;  // O_PATH; empty for abstract names
  Owner owner;
};

// What is asked for; `call` must outlive the answer.
UnixAsked unix_asked(const Trap& trap, const SocketCall& call);

// Sockets of that name outside the VM, in the order in which they are looked for.
std::vector<UnixFound> unix_outside(const Trap& trap, const UnixAsked& asked);

// An address that leads to the file behind a descriptor, in any network.
socklen_t address_of_file(int fd, sockaddr_un& out);

// A path as the caller wrote it, made absolute by the folder it is in.
std::string absolute_in_vm(const Trap& trap, const std::string& path);

}  // namespace shuttle
