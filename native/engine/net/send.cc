#include "send.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "../engine.h"
#include "../later.h"
#include "../workers.h"
#include "descriptors.h"

namespace shuttle {

namespace {

constexpr size_t kChunk = 256 << 10;    // of a stream, at a time
constexpr size_t kLargest = 1 << 20;    // of a message that goes whole: more than send buffers hold
using Clock = std::chrono::steady_clock;

int option(int socket, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

// Root's engine would vouch for the program as root: the other end is told whom the kernel would have named.
std::string credentials_of(const Trap& trap, int socket) {
  std::string control;
  if (geteuid() != 0 || option(socket, SO_DOMAIN) != AF_UNIX) return control;
  const ucred who{.pid = trap.caller().pid, .uid = trap.vm.spec.plan.uid, .gid = trap.vm.spec.plan.gid};
  put_control(control, SOL_SOCKET, SCM_CREDENTIALS, {reinterpret_cast<const char*>(&who), sizeof who});
  return control;
}

class Sender {
 public:
  explicit Sender(Sending sending)
      : sending_(std::move(sending)), stream_(option(sending_.from(), SO_TYPE) == SOCK_STREAM) {}

  // What the call gives, or nothing while it would have to wait.
  std::optional<Answer> go_on() {
    const Message& message = sending_.message;
    if (!stream_ && message.size > kLargest) return finish(EMSGSIZE);
    do {
      if (const int error = take_bytes(sending_.trap, message, sent_, stream_ ? kChunk : message.size, bytes_)) return finish(error);
      if (!sending_.trap.valid()) return finish(EINTR);  // the memory may be somebody else's by now
      const ssize_t went = send_once();
      if (went < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
      if (went < 0) return finish(errno);
      sent_ += static_cast<size_t>(went);
    } while (stream_ && sent_ < message.size);
    return finish(0);
  }

  // What the call gives where it goes no further. What went has gone, whatever came after.
  Answer finish(int error) {
    if (error && sent_ == 0) {
      if (error == EPIPE && stream_ && !(sending_.flags & MSG_NOSIGNAL))
        syscall(SYS_pidfd_send_signal, sending_.trap.caller().pidfd.get(), SIGPIPE, nullptr, 0);
      return Answer::fail(error);
    }
    if (!sending_.head) return Answer::give(static_cast<int64_t>(sent_));
    tell_sent(sending_.trap, sending_.head, static_cast<uint32_t>(sent_));
    return Answer::give(1);
  }

  bool waits() const { return !(sending_.flags & MSG_DONTWAIT) && !(fcntl(sending_.socket.get(), F_GETFL) & O_NONBLOCK); }

  void wait() {
    timeval patience{};
    socklen_t size = sizeof patience;
    getsockopt(sending_.socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, &size);
    const bool forever = patience.tv_sec == 0 && patience.tv_usec == 0;
    const auto until = Clock::now() + std::chrono::seconds(patience.tv_sec) + std::chrono::microseconds(patience.tv_usec);
    std::optional<Answer> answer;
    while (!answer && sending_.trap.valid() && !sending_.trap.vm.engine.workers().stopping()) {
      pollfd room{.fd = sending_.from(), .events = POLLOUT, .revents = 0};
      // A datagram socket is ready also when it is the receiver that is full.
      if (poll(&room, 1, 50) > 0) answer = go_on();
      if (!answer && !forever && Clock::now() >= until) answer = finish(EAGAIN);
      if (!answer && room.revents) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    sending_.trap.answer(answer ? *answer : finish(EINTR));
  }

 private:
  ssize_t send_once() {
    const Message& message = sending_.message;
    const int flags = (sending_.flags & ~MSG_ZEROCOPY) | MSG_DONTWAIT | MSG_NOSIGNAL;
    // What goes along goes with the first byte.
    if (sent_ > 0) return send_message(sending_.from(), bytes_, {}, message.to(), message.name.length, flags);
    return send_message(sending_.from(), bytes_, message.handed, message.to(), message.name.length, flags,
                        message.control + credentials_of(sending_.trap, sending_.from()));
  }

  Sending sending_;
  const bool stream_;
  std::string bytes_;
  size_t sent_ = 0;
};

}  // namespace

Answer send_for(Sending sending) {
  // Who asks for no copying waits to be told when its pages are free; this error makes it copy.
  if ((sending.flags & MSG_ZEROCOPY) && option(sending.from(), SO_ZEROCOPY) > 0) return Answer::fail(ENOBUFS);
  Trap trap = sending.trap;
  auto sender = std::make_shared<Sender>(std::move(sending));
  if (auto answer = sender->go_on()) return *answer;
  if (!sender->waits()) return sender->finish(EAGAIN);
  return do_later(trap, [sender] { sender->wait(); });
}

}  // namespace shuttle
