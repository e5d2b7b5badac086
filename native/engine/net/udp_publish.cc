#include "udp_publish.h"

#include <netinet/in.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>

#include "../engine.h"
#include "../loop.h"
#include "../vm.h"
#include "inside.h"
#include "state.h"

namespace shuttle {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kMostSenders = 256;
constexpr int kAtOnce = 64;

thread_local char buffer[65536];

// All of it lives on the loop's thread, which has ended before a door is closed.
class UdpDoor : public Published, public std::enable_shared_from_this<UdpDoor> {
 public:
  UdpDoor(Vm& vm, const Address& at, Fd socket) : vm_(vm.weak_from_this()), loop_(vm.engine.loop()), at_(at), socket_(std::move(socket)) {}

  void start() {
    loop_.post([self = shared_from_this()] { self->loop_.watch(self->socket_.get(), EPOLLIN, [self](uint32_t) { self->take(); }); });
  }

 private:
  struct Sender {
    Fd inside;
    Clock::time_point used;
  };

  void take() {
    for (int i = 0; i < kAtOnce; i++) {
      sockaddr_storage from{};
      socklen_t length = sizeof from;
      const ssize_t got = recvfrom(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
      if (got < 0) return;
      Sender* sender = sender_at(Address::of(reinterpret_cast<sockaddr&>(from), length));
      if (sender) send(sender->inside.get(), buffer, static_cast<size_t>(got), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  }

  Sender* sender_at(const Address& from) {
    auto found = senders_.find(from);
    if (found == senders_.end()) {
      Fd inside = open_inside();
      if (!inside) return nullptr;
      if (senders_.size() >= kMostSenders) forget_oldest();
      const int number = inside.get();
      found = senders_.emplace(from, Sender{std::move(inside), {}}).first;
      loop_.watch(number, EPOLLIN, [self = shared_from_this(), from](uint32_t) { self->answer(from); });
    }
    found->second.used = Clock::now();
    return &found->second;
  }

  Fd open_inside() {
    const auto vm = vm_.lock();
    if (!vm || !vm->running()) return {};
    int error = 0;
    Fd inside = vm->init().make_socket(at_.family, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP, &error);
    sockaddr_storage to;
    const socklen_t length = at_.reached().put(to);
    if (!inside || connect(inside.get(), reinterpret_cast<sockaddr*>(&to), length) != 0) return {};
    net_of(*vm).udp.add_ours(inside.get());
    return inside;
  }

  void answer(const Address& to) {
    auto found = senders_.find(to);
    for (int i = 0; found != senders_.end() && i < kAtOnce; i++) {
      const ssize_t got = recv(found->second.inside.get(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (got < 0) return;
      sockaddr_storage address;
      const socklen_t length = to.put(address, at_.family);
      sendto(socket_.get(), buffer, static_cast<size_t>(got), MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), length);
    }
  }

  void forget_oldest() {
    auto oldest = std::ranges::min_element(senders_, {}, [](const auto& entry) { return entry.second.used; });
    loop_.forget(oldest->second.inside.get());
    senders_.erase(oldest);
  }

  const std::weak_ptr<Vm> vm_;
  Loop& loop_;
  const Address at_;
  const Fd socket_;
  std::map<Address, Sender> senders_;
};

// Keeps the door for the engine, which closes after its loop has stopped.
class KeptDoor : public Published {
 public:
  explicit KeptDoor(std::shared_ptr<UdpDoor> door) : door_(std::move(door)) {}

 private:
  const std::shared_ptr<UdpDoor> door_;
};

}  // namespace

std::unique_ptr<Published> publish_udp(Vm& vm, const Address& at, int& error) {
  Fd socket(::socket(at.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP));
  if (!socket) {
    error = errno;
    return nullptr;
  }
  if ((error = bind_inside(socket.get(), at))) return nullptr;
  auto door = std::make_shared<UdpDoor>(vm, at, std::move(socket));
  door->start();
  return std::make_unique<KeptDoor>(std::move(door));
}

}  // namespace shuttle
