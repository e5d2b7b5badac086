#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "descriptors.h"

namespace shuttle {

namespace {

constexpr size_t kChunk = 65536;
constexpr size_t kMostLater = 1024;
constexpr size_t kMessage = 262144;  // more than a message can be: send buffers end at 212,992 bytes

void make_ready(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // the ends decide how they batch; fails on unix sockets
}

// Closing so that the other end sees a reset, as it would have seen the real one.
void reset_on_close(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

// A datagram socket does not say when its other end is gone.
bool ends_by_itself(int socket) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type != SOCK_DGRAM;
}

// A message of no bytes looks like the end, but for what comes along with every message that there is.
void mark_messages(int fd) {
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

}  // namespace

// One pair; lives on the loop's thread, kept alive by the callbacks of its two descriptors.
class Relay::Pair : public std::enable_shared_from_this<Pair> {
 public:
  Pair(Loop& loop, Record& record, Fd inside, Fd outside, Share::Held held, RelayOptions options, std::atomic<int>& carrying)
      : loop_(loop), record_(record), held_(std::move(held)), options_(options), carrying_(carrying), counts_(ends_by_itself(inside.get())) {
    if (counts_) carrying_++;
    ends_[0].fd = std::move(inside);
    ends_[1].fd = std::move(outside);
  }

  ~Pair() { carried(); }

  void start() {
    for (int i = 0; i < 2; i++) {
      make_ready(ends_[i].fd.get());
      if (options_.messages) mark_messages(ends_[i].fd.get());
      ends_[i].events = EPOLLIN;
      loop_.watch(ends_[i].fd.get(), EPOLLIN, [self = shared_from_this(), i](uint32_t events) { self->ready(i, events); });
    }
  }

 private:
  struct End {
    Fd fd;
    std::string waiting;      // to be written to this end
    bool holds = false;       // something is, if only a message of no bytes
    std::deque<std::string> later;  // behind it: the gate's messages
    std::vector<Fd> handing;  // to go with its first byte
    bool ended = false;    // nothing more to be read from it
    bool shut = false;     // it was told that nothing more will come
    uint32_t events = 0;
  };

  void ready(int i, uint32_t events) {
    if (events & EPOLLOUT) drain(i);
    if (!closed_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) pump(i);
    if (!closed_) settle();
  }

  // From end i to the other; stops reading while the other does not take it (back-pressure).
  void pump(int i) {
    End &from = ends_[i], &to = ends_[1 - i];
    if (from.ended || to.holds) return;
    static thread_local char buffer[kMessage];
    std::vector<Fd> handed;
    bool is_end = false;
    const ssize_t got = take(from.fd.get(), buffer, options_.messages ? kMessage : kChunk, handed, is_end);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      return abort();
    }
    if (is_end) {
      from.ended = true;
      return;
    }
    const auto size = static_cast<size_t>(got);
    if (options_.gate && !passes(i, std::span(buffer, size))) return;
    if (options_.tap && (size > options_.head || !options_.head)) tell(i, std::string_view(buffer, size).substr(options_.head));
    to.handing = std::move(handed);
    const ssize_t sent = give(to.fd.get(), std::string_view(buffer, size), to.handing);
    if (sent < 0 && errno != EAGAIN) return abort();
    const size_t done = sent < 0 ? 0 : options_.messages ? size : static_cast<size_t>(sent);
    to.holds = sent < 0 || done < size;
    if (to.holds) to.waiting.assign(buffer + done, size - done);
    if (!to.handing.empty() && !count_handing()) abort();
  }

  // What is passed along and not taken at once stays with us.
  bool count_handing() { return held_.resize(kSockets + ends_[0].handing.size() + ends_[1].handing.size()); }

  bool passes(int i, std::span<char> message) {
    std::string back;
    if (options_.gate(i, message, back)) return true;
    if (!back.empty()) answer(ends_[i], std::move(back));
    return false;
  }

  // A message of the gate's own. One that the end does not take yet waits behind what waits already.
  void answer(End& to, std::string message) {
    if (to.holds) {
      if (to.later.size() >= kMostLater) return abort();
      return to.later.push_back(std::move(message));
    }
    const ssize_t sent = give(to.fd.get(), message, to.handing);
    if (sent >= 0) return;
    if (errno != EAGAIN) return abort();
    to.holds = true;
    to.waiting = std::move(message);
  }

  void tell(int direction, std::string_view bytes) {
    const Tap& tap = *options_.tap;
    tap.hear(direction, bytes);
    record_.record(Payload{.channel = tap.channel, .direction = static_cast<int8_t>(direction),
                           .size = static_cast<uint32_t>(bytes.size()), .bytes = bytes.substr(0, tap.keep)});
  }

  ssize_t take(int fd, char* buffer, size_t size, std::vector<Fd>& handed, bool& is_end) {
    if (!options_.descriptors && !options_.messages) {
      const ssize_t got = recv(fd, buffer, size, 0);
      is_end = got == 0;
      return got;
    }
    bool marked = false;
    const ssize_t got = receive_message(fd, buffer, size, handed, &marked);
    if (!options_.descriptors) handed.clear();
    is_end = got == 0 && !marked;
    return got;
  }

  // Once anything was sent, what was handed has gone along.
  ssize_t give(int fd, std::string_view bytes, std::vector<Fd>& handing) {
    if (handing.empty()) return send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    const ssize_t sent = send_message(fd, bytes, handing, nullptr, 0, MSG_NOSIGNAL);
    if (sent >= 0) {
      handing.clear();
      count_handing();
    }
    return sent;
  }

  void drain(int i) {
    End& to = ends_[i];
    if (!to.holds) return;
    const ssize_t sent = give(to.fd.get(), to.waiting, to.handing);
    if (sent < 0) {
      if (errno != EAGAIN) abort();
      return;
    }
    to.waiting.erase(0, options_.messages ? to.waiting.size() : static_cast<size_t>(sent));
    to.holds = !to.waiting.empty();
    if (to.holds || to.later.empty()) return;
    to.waiting = std::move(to.later.front());
    to.later.pop_front();
    to.holds = true;
  }

  // Passes ends of streams on, watches for just what can happen next, and closes when both directions have ended.
  void settle() {
    for (int i = 0; i < 2; i++) {
      End &from = ends_[i], &to = ends_[1 - i];
      if (from.ended && !to.holds && !to.shut) {
        shutdown(to.fd.get(), SHUT_WR);
        to.shut = true;
      }
    }
    if (ends_[1].shut) carried();
    if (ends_[0].shut && ends_[1].shut) return close();
    for (int i = 0; i < 2; i++) {
      End &end = ends_[i], &other = ends_[1 - i];
      const uint32_t wanted = (!end.ended && !other.holds ? EPOLLIN : 0u) | (end.holds ? EPOLLOUT : 0u);
      if (wanted == end.events) continue;
      end.events = wanted;
      // A descriptor without interest would still report hang-ups, over and over.
      if (wanted == 0)
        loop_.forget(end.fd.get());
      else
        rewatch(i, wanted);
    }
  }

  void rewatch(int i, uint32_t wanted) {
    loop_.forget(ends_[i].fd.get());
    loop_.watch(ends_[i].fd.get(), wanted, [self = shared_from_this(), i](uint32_t events) { self->ready(i, events); });
  }

  void abort() {
    for (auto& end : ends_) reset_on_close(end.fd.get());
    close();
  }

  void close() {
    closed_ = true;
    carried();
    const auto self = shared_from_this();  // the callbacks hold the last references
    for (auto& end : ends_) {
      loop_.forget(end.fd.get());
      end.fd.reset();
    }
  }

  void carried() {
    if (std::exchange(counts_, false)) carrying_--;
  }

  Loop& loop_;
  Record& record_;
  Share::Held held_;
  const RelayOptions options_;
  std::atomic<int>& carrying_;
  bool counts_;
  End ends_[2];
  bool closed_ = false;
};

void Relay::join(Fd inside, Fd outside, RelayOptions options, Share::Held held) {
  auto pair = std::make_shared<Pair>(loop_, record_, std::move(inside), std::move(outside), std::move(held), options, carrying_);
  loop_.post([pair] { pair->start(); });
}

void Relay::drain(int ms) {
  for (int waited = 0; waited < ms && carrying_ > 0; waited++) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace shuttle
