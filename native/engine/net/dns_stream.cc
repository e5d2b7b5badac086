#include "dns_stream.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "../engine.h"
#include "../loop.h"

namespace shuttle {
namespace {

constexpr size_t kMostHeard = 2 * 65537;

}  // namespace

void DnsStream::start() {
  engine_.loop().watch(socket_.get(), EPOLLIN, [self = shared_from_this()](uint32_t) { self->take(); });
}

void DnsStream::close() {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  closed_ = true;
  engine_.loop().forget(socket_.get());
  socket_.reset();
}

void DnsStream::take() {
  char buffer[4096];
  ssize_t got = recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0 || heard_.size() > kMostHeard) return close();
  heard_.append(buffer, static_cast<size_t>(got));
  while (!closed_ && ask_next()) {}
}

bool DnsStream::ask_next() {
  if (heard_.size() < 2) return false;
  const size_t size = static_cast<unsigned char>(heard_[0]) << 8 | static_cast<unsigned char>(heard_[1]);
  if (heard_.size() < size + 2) return false;
  const std::string message = heard_.substr(2, size);
  heard_.erase(0, size + 2);
  answer_query(engine_, asker_, message, true, [self = shared_from_this()](const std::string& reply) { self->answer(reply); });
  return true;
}

// A program that does not read its answers loses the connection, not the engine's time.
void DnsStream::answer(const std::string& message) {
  std::string framed{static_cast<char>(message.size() >> 8), static_cast<char>(message.size() & 0xff)};
  framed += message;
  std::lock_guard lock(mutex_);
  if (closed_) return;
  if (send(socket_.get(), framed.data(), framed.size(), MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(framed.size()))
    shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace shuttle
