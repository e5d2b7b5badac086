#include "udp_session.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace shuttle {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kLargest = 65536;
constexpr int kAtOnce = 64;  // datagrams taken before other descriptors of the loop get their turn

thread_local char buffer[kLargest];

}  // namespace

void UdpSession::start(std::shared_ptr<UdpFace> face) {
  face_ = std::move(face);
  used_ = Clock::now().time_since_epoch().count();
  loop_.post([self = shared_from_this()] {
    if (self->outside_) self->loop_.watch(self->outside_.get(), EPOLLIN, [self](uint32_t) { self->carry_in(); });
  });
}

void UdpSession::close() {
  loop_.post([self = shared_from_this()] {
    if (!self->outside_) return;
    self->loop_.forget(self->outside_.get());
    self->outside_.reset();
    self->face_.reset();
  });
}

Clock::duration UdpSession::idle() const { return Clock::now().time_since_epoch() - Clock::duration(used_.load()); }

void UdpSession::note(int direction, const char* bytes, size_t size) {
  used_ = Clock::now().time_since_epoch().count();
  if (!tap_) return;
  tap_->hear(direction, std::string_view(bytes, size));
  auto whole = static_cast<uint32_t>(size);
  record_->record(Payload{.channel = tap_->channel, .direction = static_cast<int8_t>(direction), .size = whole,
                          .bytes = std::string_view(bytes, std::min(whole, tap_->keep))});
}

void UdpSession::carry_out(const char* bytes, size_t size, const Address& source) {
  if (!outside_) return;
  answer_to_ = source;
  note(0, bytes, size);
  // What cannot be sent now is lost, as datagrams are; an earlier refusal shows up here and means the same.
  if (send(outside_.get(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == ECONNREFUSED)
    send(outside_.get(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void UdpSession::carry_in() {
  for (int i = 0; i < kAtOnce && outside_; i++) {
    ssize_t got = recv(outside_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0) return;  // nothing more, or word that nobody is there (which a later datagram may change)
    if (!answer_to_) continue;
    note(1, buffer, static_cast<size_t>(got));
    face_->answer(buffer, static_cast<size_t>(got), answer_to_);
  }
}

void UdpFace::start() {
  loop_.post([self = shared_from_this()] {
    if (self->socket_) self->loop_.watch(self->socket_.get(), EPOLLIN, [self](uint32_t) { self->take(); });
  });
}

void UdpFace::close() {
  std::map<Address, std::shared_ptr<UdpSession>> sessions;
  {
    std::lock_guard lock(mutex_);
    sessions.swap(sessions_);
  }
  for (auto& [client, session] : sessions) session->close();
  loop_.post([self = shared_from_this()] {
    if (!self->socket_) return;
    self->loop_.forget(self->socket_.get());
    self->socket_.reset();
  });
}

void UdpFace::admit(std::shared_ptr<UdpSession> session) {
  std::lock_guard lock(mutex_);
  sessions_[session->client] = std::move(session);
}

std::shared_ptr<UdpSession> UdpFace::session_of(const Address& source) const {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(source);
  if (found == sessions_.end()) found = sessions_.find(Address::any(AF_INET, source.port));
  if (found == sessions_.end()) found = sessions_.find(Address::any(AF_INET6, source.port));
  return found == sessions_.end() ? nullptr : found->second;
}

std::shared_ptr<UdpSession> UdpFace::remove(const Address& client) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(client);
  if (found == sessions_.end()) return nullptr;
  auto session = found->second;
  sessions_.erase(found);
  return session;
}

bool UdpFace::empty() const {
  std::lock_guard lock(mutex_);
  return sessions_.empty();
}

void UdpFace::answer(const char* bytes, size_t size, const Address& to) const {
  sockaddr_storage address;
  socklen_t length = to.put(address);
  if (socket_) sendto(socket_.get(), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), length);
}

void UdpFace::take() {
  for (int i = 0; i < kAtOnce && socket_; i++) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    ssize_t got = recvfrom(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
    if (got < 0) return;
    Address source = Address::of(reinterpret_cast<sockaddr&>(from), length);
    if (auto session = session_of(source)) session->carry_out(buffer, static_cast<size_t>(got), source);
  }
}

}  // namespace shuttle
