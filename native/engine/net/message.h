#pragma once
#include <sys/socket.h>

#include <string>
#include <vector>

#include "../fd.h"
#include "../trap.h"

namespace shuttle {

// Whom a message is for; of no length where it names nobody.
struct Target {
  sockaddr_storage address{};
  socklen_t length = 0;

  const sockaddr& raw() const { return reinterpret_cast<const sockaddr&>(address); }
  int family() const { return length >= sizeof(sa_family_t) ? address.ss_family : AF_UNSPEC; }
};

// A message that a program sends, copied out of its memory once: all that the kernel would read there, but for the
// bytes, which decide nothing and may be many.
struct Message {
  struct Part {
    uint64_t address, size;
  };
  Target name;
  std::vector<Part> parts;    // of the caller's memory
  size_t size = 0;            // of them all
  std::string control;        // what goes along, without descriptors and credentials, in this machine's layout
  std::vector<Fd> handed;

  const sockaddr* to() const { return name.length ? &name.raw() : nullptr; }
};

// The message a `struct msghdr` of the caller describes, in the layout of the caller's architecture; 0 or an errno.
int take_message(const Trap& trap, uint64_t head, Message& message);
// Only whom a message is for, which is cheaper; nothing where it names nobody. False where that could not be read.
bool take_target(const Trap& trap, uint64_t head, Target& target);
bool take_sendto_target(const Trap& trap, Target& target);

// What a sendto passes.
int take_sendto(const Trap& trap, Message& message);
// Its bytes from `from` on, at most `most`; 0 or an errno.
int take_bytes(const Trap& trap, const Message& message, size_t from, size_t most, std::string& bytes);

// An array of sendmmsg: how far apart its messages are, and where each keeps the number of bytes that went.
size_t message_stride(const Trap& trap);
void tell_sent(const Trap& trap, uint64_t head, uint32_t size);

}  // namespace shuttle
