#include "publish.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "../engine.h"
#include "../loop.h"
#include "../vm.h"
#include "../workers.h"
#include "address.h"
#include "place.h"
#include "udp_publish.h"
#include "unix_find.h"

namespace shuttle {

namespace {

// Takes connections on the host and joins each to the server in the VM. Descriptors do not pass.
class Door : public Published {
 public:
  Door(Vm& vm, Fd listener, const SocketCall& served, std::string path)
      : vm_(vm), listener_(std::move(listener)), address_(served.address), length_(served.length),
        domain_(served.domain), type_(served.type), path_(std::move(path)) {
    vm_.engine.loop().post([this] { vm_.engine.loop().watch(listener_.get(), EPOLLIN, [this](uint32_t) { admit(); }); });
  }
  ~Door() override {
    if (!path_.empty()) unlink(path_.c_str());
    // The loop has ended by now: doors close when the engine does.
  }

 private:
  struct Coming {
    Fd outside;
    Share::Held held;
  };

  void admit() {
    Fd outside(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!outside) return;
    Share::Held held = Relay::room_in(*vm_.share);
    if (!held) return;  // closing tells the caller
    // The server may never take what waits for it, and this thread carries for every VM.
    auto coming = std::make_shared<Coming>(Coming{std::move(outside), std::move(held)});
    vm_.engine.workers().run(&vm_, [this, coming] { bring_in(std::move(*coming)); });
  }

  void bring_in(Coming coming) {
    int error = 0;
    Fd inside = vm_.init().make_socket(domain_, type_ | SOCK_NONBLOCK, 0, &error);
    if (!inside) return;  // closing tells the caller
    while (!reach(inside.get())) {
      if (errno == EINPROGRESS) break;  // the relay waits for it
      if (errno != EAGAIN || !vm_.running() || vm_.engine.workers().stopping()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    vm_.engine.relay().join(std::move(inside), std::move(coming.outside), {.tap = {}, .messages = type_ == SOCK_SEQPACKET, .descriptors = false}, std::move(coming.held));
  }

  bool reach(int socket) {
    if (domain_ != AF_UNIX) {
      sockaddr_storage to;
      const socklen_t length = Address::of(reinterpret_cast<sockaddr&>(address_)).reached().put(to, domain_);
      return connect(socket, reinterpret_cast<sockaddr*>(&to), length) == 0;
    }
    if (path_.empty()) return connect(socket, reinterpret_cast<sockaddr*>(&address_), length_) == 0;
    const Fd file = Place(vm_.shared_from_this()).open_path(path_);
    sockaddr_un to;
    const socklen_t length = address_of_file(file.get(), to);
    return file && connect(socket, reinterpret_cast<sockaddr*>(&to), length) == 0;
  }

  Vm& vm_;
  const Fd listener_;
  sockaddr_storage address_;
  const socklen_t length_;
  const int domain_, type_;
  const std::string path_;  // of a unix socket's file on the host; empty for others
};

int open_door(const std::string& object, const SocketCall& served, Fd& listener) {
  listener = Fd(socket(served.domain, served.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener) return errno;
  const int on = 1;
  sockaddr_storage at = served.address;
  socklen_t length = served.length;
  if (served.domain == AF_UNIX && object[0] != '@') {
    auto& named = reinterpret_cast<sockaddr_un&>(at);
    if (object.size() >= sizeof named.sun_path) return ENAMETOOLONG;
    memcpy(named.sun_path, object.c_str(), object.size() + 1);
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + object.size() + 1);
  } else if (served.domain != AF_UNIX) {
    setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (served.domain == AF_INET6) setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&at), length) != 0) return errno;
  return served.type == SOCK_DGRAM || listen(listener.get(), 128) == 0 ? 0 : errno;
}

}  // namespace

void publish(const Trap& trap, Op op, const std::string& object, const SocketCall& served) {
  const bool udp = served.type == SOCK_DGRAM && served.domain != AF_UNIX;
  if ((served.type == SOCK_DGRAM && !udp) || !trap.vm.engine.rules->any(trap.vm.name(), op)) return;
  Bindings bindings;
  Question asked = question_of(trap, op, object, bindings);
  asked.to = "host";
  const CompiledRule* rule = trap.vm.engine.rules->most_specific(asked);
  if (!rule || !rule->allow) return;
  Fd listener;
  int error = 0;
  std::unique_ptr<Published> door;
  if (udp) door = publish_udp(trap.vm, Address::of(*served.target(), served.length), error);
  else error = open_door(object, served, listener);
  trap.record({.op = op, .object = object, .peer = "host", .verdict = Verdict::kShuttled, .status = error, .rule = rule->id});
  if (error) {
    trap.vm.engine.tell({.type = Event::Type::kProblem, .vm = trap.vm.name(), .problem = "PUBLISH_FAILED", .detail = object + ": " + strerror(error)});
    return;
  }
  const bool file = served.domain == AF_UNIX && object[0] != '@';
  if (!door) door = std::make_unique<Door>(trap.vm, std::move(listener), served, file ? object : std::string());
  trap.vm.engine.keep(std::move(door));
}

}  // namespace shuttle
