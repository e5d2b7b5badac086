#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "init.h"

namespace shuttle::init {
namespace {
constexpr size_t kMostDescriptors = 200;
constexpr size_t kMostBytes = 1 << 17;
}  // namespace

bool send_packet(int socket, std::string_view bytes, const int* fds, size_t count) {
  alignas(cmsghdr) char room[CMSG_SPACE(8 * sizeof(int))];
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (count > 0) {
    message.msg_control = room;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(head), fds, count * sizeof(int));
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(bytes.size());
}

bool receive_packet(int socket, std::string& bytes, std::vector<int>& fds) {
  static char room[kMostBytes];
  alignas(cmsghdr) static char control[CMSG_SPACE(kMostDescriptors * sizeof(int))];
  iovec part{room, sizeof room};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    const size_t before = fds.size();
    fds.resize(before + count);
    memcpy(fds.data() + before, CMSG_DATA(head), count * sizeof(int));
  }
  bytes.assign(room, static_cast<size_t>(got));
  return true;
}

}  // namespace shuttle::init
