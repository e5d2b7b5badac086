#include "dns_door.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "../engine.h"
#include "../loop.h"
#include "dns_query.h"
#include "dns_stream.h"

namespace shuttle {
namespace {

constexpr size_t kMostAskers = 4096;
constexpr size_t kMostConnections = 32;
constexpr int kAtOnce = 32;

}  // namespace

void DnsDoor::start() {
  engine_.loop().post([self = shared_from_this()] {
    self->engine_.loop().watch(self->socket_->get(), EPOLLIN, [self](uint32_t) {
      if (self->streams_) self->take_streams();
      else self->take_datagrams();
    });
  });
}

void DnsDoor::close() {
  engine_.loop().post([self = shared_from_this()] {
    if (!self->socket_) return;
    self->engine_.loop().forget(self->socket_->get());
    self->socket_.reset();
    for (auto& connection : self->connections_) connection->close();
    self->connections_.clear();
  });
}

void DnsDoor::expect(const Address& client, std::shared_ptr<const Caller> caller) {
  std::lock_guard lock(mutex_);
  if (askers_.size() >= kMostAskers) askers_.clear();
  askers_[client.port] = std::move(caller);
}

std::shared_ptr<const Caller> DnsDoor::caller_at(const Address& source) const {
  std::lock_guard lock(mutex_);
  auto found = askers_.find(source.port);
  return found == askers_.end() ? nullptr : found->second;
}

void DnsDoor::take_datagrams() {
  for (int i = 0; i < kAtOnce && socket_; i++) {
    char message[4096];
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    ssize_t got = recvfrom(socket_->get(), message, sizeof message, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
    if (got < 0) return;
    auto caller = caller_at(Address::of(reinterpret_cast<sockaddr&>(from), length));
    if (!caller) continue;
    answer_query(engine_, {vm_, caller}, std::string_view(message, static_cast<size_t>(got)), false,
                 [socket = socket_, from, length](const std::string& reply) {
                   sendto(socket->get(), reply.data(), reply.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                          reinterpret_cast<const sockaddr*>(&from), length);
                 });
  }
}

void DnsDoor::take_streams() {
  for (int i = 0; i < kAtOnce && socket_; i++) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    Fd accepted(accept4(socket_->get(), reinterpret_cast<sockaddr*>(&from), &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!accepted) return;
    auto caller = caller_at(Address::of(reinterpret_cast<sockaddr&>(from), length));
    if (!caller) continue;
    std::erase_if(connections_, [](const auto& one) { return one->closed(); });
    if (connections_.size() >= kMostConnections) {
      connections_.front()->close();
      connections_.pop_front();
    }
    auto connection = std::make_shared<DnsStream>(engine_, DnsAsker{vm_, caller}, std::move(accepted));
    connections_.push_back(connection);
    connection->start();
  }
}

}  // namespace shuttle
