#include "descriptors.h"

#include <string.h>
#include <sys/uio.h>

namespace shuttle {

namespace {

constexpr size_t kMost = 253;  // SCM_MAX_FD
constexpr size_t kControl = CMSG_SPACE(kMost * sizeof(int)) + CMSG_SPACE(sizeof(ucred));

}  // namespace

std::vector<int> descriptor_numbers(std::string_view control) {
  std::vector<int> numbers;
  for (size_t at = 0; at + sizeof(cmsghdr) <= control.size();) {
    cmsghdr head;
    memcpy(&head, control.data() + at, sizeof head);
    if (head.cmsg_len < sizeof head || head.cmsg_len > control.size() - at) break;
    if (head.cmsg_level == SOL_SOCKET && head.cmsg_type == SCM_RIGHTS) {
      for (size_t word = at + CMSG_LEN(0); word + sizeof(int) <= at + head.cmsg_len && numbers.size() < kMost; word += sizeof(int)) {
        int number;
        memcpy(&number, control.data() + word, sizeof number);
        numbers.push_back(number);
      }
    }
    at += CMSG_ALIGN(head.cmsg_len);
  }
  return numbers;
}

void put_control(std::string& control, int level, int type, std::string_view data) {
  const cmsghdr head{.cmsg_len = CMSG_LEN(data.size()), .cmsg_level = level, .cmsg_type = type};
  const size_t at = control.size();
  control.resize(at + CMSG_SPACE(data.size()));
  memcpy(control.data() + at, &head, sizeof head);
  memcpy(control.data() + at + CMSG_LEN(0), data.data(), data.size());
}

ssize_t send_message(int socket, std::string_view bytes, const std::vector<Fd>& handed, const sockaddr* to, socklen_t length, int flags,
                     std::string control) {
  if (!handed.empty()) {
    std::vector<int> numbers;
    for (const Fd& each : handed) numbers.push_back(each.get());
    put_control(control, SOL_SOCKET, SCM_RIGHTS, {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(int)});
  }
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  const msghdr message{.msg_name = const_cast<sockaddr*>(to), .msg_namelen = length, .msg_iov = &part, .msg_iovlen = 1,
                       .msg_control = control.empty() ? nullptr : control.data(), .msg_controllen = control.size(), .msg_flags = 0};
  return sendmsg(socket, &message, flags);
}

ssize_t receive_message(int socket, char* buffer, size_t size, std::vector<Fd>& handed, bool* marked) {
  alignas(cmsghdr) char control[kControl];
  iovec part{buffer, size};
  msghdr message{.msg_name = nullptr, .msg_namelen = 0, .msg_iov = &part, .msg_iovlen = 1,
                 .msg_control = control, .msg_controllen = sizeof control, .msg_flags = 0};
  const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (got < 0) return got;
  if (marked) *marked = message.msg_controllen > 0;
  for (const int number : descriptor_numbers({control, message.msg_controllen})) handed.emplace_back(number);
  return got;
}

}  // namespace shuttle
