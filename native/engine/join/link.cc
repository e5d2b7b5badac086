#include "link.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstring>

#include "../net/descriptors.h"

namespace shuttle {

namespace {

// A neighbour that does not answer in this time is treated as gone: nobody may hold up another's VM for longer.
constexpr timeval kPatience{.tv_sec = 2, .tv_usec = 0};

bool same_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

}  // namespace

std::unique_ptr<LinkedInit> LinkedInit::connect(Fd socket) {
  if (!same_user(socket.get())) return nullptr;
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  link::Hello hello;
  std::vector<Fd> handed;
  const ssize_t got = receive_message(socket.get(), reinterpret_cast<char*>(&hello), sizeof hello, handed);
  if (got != sizeof hello || hello.version != link::Hello{}.version || handed.size() != link::kHelloDescriptors) return nullptr;
  auto made = std::make_unique<LinkedInit>();
  made->socket_ = std::move(socket);
  made->init_ = hello.init;
  made->root_ = std::move(handed[0]);
  made->pidfd_ = std::move(handed[1]);
  made->diag_ = std::move(handed[2]);
  return made;
}

bool LinkedInit::alive() const {
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  pollfd closed{.fd = socket_.get(), .events = POLLRDHUP, .revents = 0};
  return poll(&ended, 1, 0) == 0 && poll(&closed, 1, 0) == 0;
}

int LinkedInit::ask(const link::Request& request, Fd* answered) {
  std::lock_guard lock(turn_);
  link::Answer answer;
  std::vector<Fd> handed;
  if (send(socket_.get(), &request, sizeof request, MSG_NOSIGNAL) != sizeof request) return ECONNRESET;
  const ssize_t got = receive_message(socket_.get(), reinterpret_cast<char*>(&answer), sizeof answer, handed);
  if (got != sizeof answer) {
    shutdown(socket_.get(), SHUT_RDWR);  // an answer that comes late must not be taken for the next one's
    return ECONNRESET;
  }
  if (answer.error) return answer.error;
  if (answered) {
    if (handed.size() != 1) return EPROTO;
    *answered = std::move(handed[0]);
  }
  return 0;
}

Fd LinkedInit::make_socket(int domain, int type, int protocol, int* error) {
  Fd made;
  *error = ask({.ask = link::Ask::kSocket, .domain = domain, .type = type, .protocol = protocol}, &made);
  return made;
}

int LinkedInit::expect_foreign_sockets() { return ask({.ask = link::Ask::kExpectForeignSockets}, nullptr); }

int LinkedInit::bind_in(int, const void*, unsigned, int, unsigned) { return EOPNOTSUPP; }
int LinkedInit::connect_in(int, const void*, unsigned, int) { return EOPNOTSUPP; }
int LinkedInit::mount(const MountStep&) { return EOPNOTSUPP; }
pid_t LinkedInit::start(const Launch&, const int[3], int* error) {
  *error = EOPNOTSUPP;
  return -1;
}

}  // namespace shuttle
