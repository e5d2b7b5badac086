#include "message.h"

#include <errno.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstddef>

#include "descriptors.h"

namespace shuttle {

namespace {

constexpr size_t kMostParts = 1024;         // UIO_MAXIOV
constexpr size_t kMostControl = 64 << 10;  // more than the kernel takes along
constexpr size_t kMostHanded = 253;        // SCM_MAX_FD

// The structs of 32-bit programs.
struct HeadI386 {  // struct compat_msghdr, and the count that sendmmsg keeps behind it
  uint32_t name, name_length, parts, part_count, control, control_length, flags, sent;
};
constexpr size_t kHeadI386 = offsetof(HeadI386, sent);
struct PartI386 {
  uint32_t address, size;
};

bool is_i386(const Trap& trap) { return trap.notice.arch == AUDIT_ARCH_I386; }

// struct msghdr in this machine's layout, whoever wrote it.
bool read_head(const Trap& trap, uint64_t at, msghdr& head) {
  if (!is_i386(trap)) return trap.read(at, &head, sizeof head);
  HeadI386 small{};
  if (!trap.read(at, &small, kHeadI386)) return false;
  const auto pointer = [](uint32_t address) { return reinterpret_cast<void*>(static_cast<uintptr_t>(address)); };
  head = {.msg_name = pointer(small.name), .msg_namelen = small.name_length, .msg_iov = static_cast<iovec*>(pointer(small.parts)),
          .msg_iovlen = small.part_count, .msg_control = pointer(small.control), .msg_controllen = small.control_length, .msg_flags = 0};
  return true;
}

template <class Each>
bool read_parts(const Trap& trap, const msghdr& head, std::vector<Message::Part>& parts) {
  std::vector<Each> raw(head.msg_iovlen);
  if (!raw.empty() && !trap.read(reinterpret_cast<uint64_t>(head.msg_iov), raw.data(), raw.size() * sizeof raw[0])) return false;
  for (const Each& each : raw) {
    Message::Part part;
    static_assert(sizeof each == sizeof(void*) * 2 || sizeof each == sizeof(PartI386));
    if constexpr (sizeof(Each) == sizeof(PartI386)) part = {each.address, each.size};
    else part = {reinterpret_cast<uint64_t>(each.iov_base), each.iov_len};
    parts.push_back(part);
  }
  return true;
}

int take_name(const Trap& trap, uint64_t address, int32_t length, Target& name) {
  if (!address || length == 0) return 0;
  if (length < 0) return EINVAL;
  name.length = std::min<socklen_t>(static_cast<socklen_t>(length), sizeof name.address);
  return trap.read(address, &name.address, name.length) ? 0 : EFAULT;
}

int take_name(const Trap& trap, const msghdr& head, Target& name) {
  return take_name(trap, reinterpret_cast<uint64_t>(head.msg_name), static_cast<int32_t>(head.msg_namelen), name);
}

int take_sendto_name(const Trap& trap, Target& name) {
  const auto length = static_cast<int32_t>(trap.notice.args[5]);
  if (length > static_cast<int32_t>(sizeof name.address)) return EINVAL;
  return take_name(trap, trap.notice.args[4], length, name);
}

int take_handed(const Trap& trap, std::string_view numbers, Message& message) {
  for (size_t at = 0; at + sizeof(int) <= numbers.size(); at += sizeof(int)) {
    int number;
    memcpy(&number, numbers.data() + at, sizeof number);
    if (message.handed.size() == kMostHanded) return EINVAL;
    Fd copy = trap.descriptor(number);
    if (!copy) return EBADF;
    message.handed.push_back(std::move(copy));
  }
  return 0;
}

// Goes through the entries of either layout. Credentials are left out: those of the caller are put in where it is known.
template <class Length>
int take_entries(const Trap& trap, std::string_view control, Message& message) {
  constexpr size_t kHead = sizeof(Length) + 2 * sizeof(int), kAlign = sizeof(Length);
  for (size_t at = 0; at + kHead <= control.size();) {
    Length length;
    int level, type;
    memcpy(&length, control.data() + at, sizeof length);
    memcpy(&level, control.data() + at + sizeof length, sizeof level);
    memcpy(&type, control.data() + at + sizeof length + sizeof level, sizeof type);
    if (length < kHead || length > control.size() - at) return EINVAL;
    const std::string_view data = control.substr(at + kHead, length - kHead);
    if (level == SOL_SOCKET && type == SCM_RIGHTS) {
      if (const int error = take_handed(trap, data, message)) return error;
    } else if (level != SOL_SOCKET || type != SCM_CREDENTIALS) {
      put_control(message.control, level, type, data);
    }
    at += (length + kAlign - 1) / kAlign * kAlign;
  }
  return 0;
}

int take_control(const Trap& trap, const msghdr& head, Message& message) {
  if (!head.msg_control || !head.msg_controllen) return 0;
  if (head.msg_controllen > kMostControl) return ENOBUFS;
  std::string control(head.msg_controllen, '\0');
  if (!trap.read(reinterpret_cast<uint64_t>(head.msg_control), control.data(), control.size())) return EFAULT;
  return is_i386(trap) ? take_entries<uint32_t>(trap, control, message) : take_entries<size_t>(trap, control, message);
}

int add_sizes(Message& message) {
  for (const Message::Part& part : message.parts) {
    if (part.size > size_t{0x7ffff000} - message.size) return EINVAL;
    message.size += part.size;
  }
  return 0;
}

}  // namespace

int take_message(const Trap& trap, uint64_t at, Message& message) {
  msghdr head{};
  if (!read_head(trap, at, head)) return EFAULT;
  if (head.msg_iovlen > kMostParts) return EMSGSIZE;
  const bool read = is_i386(trap) ? read_parts<PartI386>(trap, head, message.parts) : read_parts<iovec>(trap, head, message.parts);
  if (!read) return EFAULT;
  if (const int error = add_sizes(message)) return error;
  if (const int error = take_name(trap, head, message.name)) return error;
  return take_control(trap, head, message);
}

int take_sendto(const Trap& trap, Message& message) {
  message.parts.push_back({trap.notice.args[1], trap.notice.args[2]});
  if (const int error = add_sizes(message)) return error;
  return take_sendto_name(trap, message.name);
}

bool take_target(const Trap& trap, uint64_t at, Target& target) {
  msghdr head{};
  if (!read_head(trap, at, head)) return false;
  if (take_name(trap, head, target)) target.length = 0;
  return true;
}

bool take_sendto_target(const Trap& trap, Target& target) {
  if (take_sendto_name(trap, target)) target.length = 0;
  return true;
}

int take_bytes(const Trap& trap, const Message& message, size_t from, size_t most, std::string& bytes) {
  bytes.clear();
  for (const Message::Part& part : message.parts) {
    if (from >= part.size) {
      from -= part.size;
      continue;
    }
    const size_t size = std::min<size_t>(part.size - from, most - bytes.size()), at = bytes.size();
    bytes.resize(at + size);
    if (size && !trap.read(part.address + from, bytes.data() + at, size)) return EFAULT;
    from = 0;
    if (bytes.size() == most) break;
  }
  return 0;
}

size_t message_stride(const Trap& trap) { return is_i386(trap) ? sizeof(HeadI386) : sizeof(mmsghdr); }

void tell_sent(const Trap& trap, uint64_t head, uint32_t size) {
  const size_t where = is_i386(trap) ? kHeadI386 : offsetof(mmsghdr, msg_len);
  iovec here{&size, sizeof size}, there{reinterpret_cast<void*>(head + where), sizeof size};
  if (trap.valid() && process_vm_writev(trap.notice.tid, &here, 1, &there, 1, 0) < 0) errno = 0;  // as the kernel: too late to fail
}

}  // namespace shuttle
