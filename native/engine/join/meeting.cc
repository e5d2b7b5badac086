#include "meeting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/netlink.h>

#include "../engine.h"
#include "../loop.h"
#include "../net/descriptors.h"
#include "../vm.h"
#include "link.h"

namespace shuttle {

// A VM of ours that others may ask for, and those who have come.
struct Meeting::Desk {
  std::weak_ptr<Vm> vm;
  Fd listener;
  std::map<int, Fd> guests;
};

namespace {

constexpr int kMostTries = 100;

sockaddr_un address_in(int folder, const std::string& name) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", folder, name.c_str());
  return address;
}

bool greet(Vm& vm, int guest) {
  int error = 0;
  std::vector<Fd> handed;
  handed.emplace_back(fcntl(vm.init().root(), F_DUPFD_CLOEXEC, 0));
  handed.emplace_back(fcntl(vm.init().pidfd(), F_DUPFD_CLOEXEC, 0));
  // A socket of its own: two askers on one would take each other's answers.
  handed.push_back(vm.init().make_socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, &error));
  const link::Hello hello{.init = vm.init().pid()};
  const std::string_view bytes(reinterpret_cast<const char*>(&hello), sizeof hello);
  return !error && send_message(guest, bytes, handed, nullptr, 0, MSG_NOSIGNAL) == sizeof hello;
}

// Answers one question; false when the guest is to leave.
bool serve(Vm& vm, int guest) {
  link::Request request;
  if (recv(guest, &request, sizeof request, MSG_DONTWAIT) != sizeof request) return false;
  link::Answer answer;
  std::vector<Fd> handed;
  if (request.ask == link::Ask::kSocket) {
    Fd made = vm.init().make_socket(request.domain, request.type, request.protocol, &answer.error);
    if (made) handed.push_back(std::move(made));
  } else if (request.ask == link::Ask::kExpectForeignSockets) {
    if (!vm.expect_foreign_sockets()) answer.error = EAGAIN;
  } else {
    return false;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(&answer), sizeof answer);
  return send_message(guest, bytes, handed, nullptr, 0, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof answer;
}

}  // namespace

Meeting::Meeting(Engine& engine, const std::string& folder) : engine_(engine), path_(folder) { enter(); }

void Meeting::enter() {
  mkdir(path_.c_str(), 0700);
  folder_ = Fd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

Meeting::~Meeting() { close(); }

void Meeting::open(const std::shared_ptr<Vm>& vm) {
  auto desk = std::make_unique<Desk>();
  desk->vm = vm;
  desk->listener = Fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  unlinkat(folder_.get(), vm->name().c_str(), 0);  // of one that was killed; two at once are kept apart by the layer's lock
  const auto bound = [&] {
    const sockaddr_un address = address_in(folder_.get(), vm->name());
    return bind(desk->listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  };
  // Whoever leaves last removes the folder, perhaps while somebody else has just come in.
  for (int tries = 0; !bound(); tries++) {
    if (errno != ENOENT || tries == kMostTries) return;
    std::lock_guard lock(mutex_);
    enter();
  }
  listen(desk->listener.get(), 16);
  Desk* raw = desk.get();
  {
    std::lock_guard lock(mutex_);
    desks_[vm->name()] = std::move(desk);
  }
  engine_.loop().post([this, raw] { engine_.loop().watch(raw->listener.get(), EPOLLIN, [this, raw](uint32_t) { admit(*raw); }); });
}

void Meeting::admit(Desk& desk) {
  Fd guest(accept4(desk.listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const auto vm = desk.vm.lock();
  if (!guest || !vm || !greet(*vm, guest.get())) return;
  const int number = guest.get();
  desk.guests[number] = std::move(guest);
  engine_.loop().watch(number, EPOLLIN, [this, &desk, number](uint32_t) {
    const auto host = desk.vm.lock();
    if (host && serve(*host, number)) return;
    engine_.loop().forget(number);
    desk.guests.erase(number);
  });
}

std::shared_ptr<Vm> Meeting::meet(const std::string& name) {
  Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_in(folder_.get(), name);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return nullptr;
  auto linked = LinkedInit::connect(std::move(socket));
  return linked ? Vm::joined(engine_, name, std::move(linked)) : nullptr;
}

std::vector<std::shared_ptr<Vm>> Meeting::present() {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Vm>> found;
  DIR* list = fdopendir(openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!list) return found;
  while (const dirent* entry = readdir(list)) {
    const std::string name = entry->d_name;
    if (name[0] == '.' || desks_.contains(name)) continue;
    auto& vm = met_[name];
    if (!vm || !vm->running()) vm = meet(name);
    if (vm) found.push_back(vm);
  }
  closedir(list);
  return found;
}

void Meeting::close() {
  std::lock_guard lock(mutex_);
  for (const auto& [name, desk] : desks_) unlinkat(folder_.get(), name.c_str(), 0);
  desks_.clear();
  met_.clear();
  // Unless others are still there.
  rmdir(path_.c_str());
}

}  // namespace shuttle
