#include "udp_table.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <algorithm>

#include "../engine.h"
#include "../vm.h"
#include "inside.h"
#include "sock_diag.h"
#include "state.h"

namespace shuttle {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kMostSessions = 512;
constexpr size_t kMostNoted = 4096;
constexpr auto kIdle = std::chrono::seconds(60);
constexpr int kSweepSeconds = 30;

uint32_t inode_of(int socket) {
  struct stat about{};
  return fstat(socket, &about) == 0 ? static_cast<uint32_t>(about.st_ino) : 0;
}

// A program may send from the very port it sends to, bound to every address. Sharing must then be allowed on its socket
// too, but only while the face is bound: the program's own option is put back.
int bind_beside(int socket, const Address& at, int own) {
  int error = bind_inside(socket, at);
  if (error != EADDRINUSE) return error;
  int before = 0;
  const int on = 1;
  socklen_t size = sizeof before;
  if (getsockopt(own, SOL_SOCKET, SO_REUSEADDR, &before, &size) != 0 || before) return error;
  setsockopt(own, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  error = bind_inside(socket, at);
  setsockopt(own, SOL_SOCKET, SO_REUSEADDR, &before, sizeof before);
  return error;
}

}  // namespace

bool UdpTable::has(const Key& key, int own) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(key);
  if (found == sessions_.end()) return false;
  if (found->second->socket == inode_of(own)) return true;
  drop(key);
  noted_.erase(key);
  return false;
}

UdpTable::Opened UdpTable::face_at(Vm& vm, const Address& at, int own) {
  if (auto found = faces_.find(at); found != faces_.end()) return {found->second};
  int error = 0;
  Fd socket = vm.init().make_socket(at.family, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP, &error);
  if (!socket) return {nullptr, error < 0 ? -error : error};
  may_stand_anywhere(socket.get(), at.family);
  if ((error = bind_beside(socket.get(), at, own))) return {nullptr, error};
  const uint32_t inode = inode_of(socket.get());
  ours_.insert(inode);
  auto face = std::make_shared<UdpFace>(vm.engine.loop(), at, std::move(socket), inode);
  face->start();
  faces_[at] = face;
  return {face};
}

int UdpTable::open(Vm& vm, const Key& key, Fd outside, std::optional<Tap> tap, int own) {
  std::lock_guard lock(mutex_);
  if (closed_) return ECANCELED;
  make_room();
  auto [face, error] = face_at(vm, key.to, own);
  if (!face) return error;
  auto session = std::make_shared<UdpSession>(vm.engine.loop(), vm.engine.record, key.client, inode_of(own), std::move(outside), tap);
  if (auto before = face->remove(key.client)) before->close();
  session->start(face);
  face->admit(session);
  sessions_[key] = session;
  watch_clock(vm);
  return 0;
}

bool UdpTable::settled(const Key& key) const {
  std::lock_guard lock(mutex_);
  auto found = noted_.find(key);
  return found != noted_.end() && Clock::now() < found->second.until;
}

bool UdpTable::note(const Key& key, std::string what, std::chrono::milliseconds lasts) {
  std::lock_guard lock(mutex_);
  if (noted_.size() >= kMostNoted) noted_.clear();
  Noted& noted = noted_[key];
  bool differs = noted.what != what;
  noted = {std::move(what), Clock::now() + lasts};
  return differs;
}

bool UdpTable::is_ours(uint32_t inode) const {
  std::lock_guard lock(mutex_);
  return ours_.contains(inode);
}

void UdpTable::add_ours(int socket) {
  std::lock_guard lock(mutex_);
  if (ours_.size() >= 65536) ours_.clear();
  ours_.insert(inode_of(socket));
}

void UdpTable::drop(const Key& key) {
  auto found = sessions_.find(key);
  if (found == sessions_.end()) return;
  auto face = faces_.find(key.to);
  if (face != faces_.end()) {
    face->second->remove(key.client);
    if (face->second->empty()) {
      ours_.erase(face->second->inode);
      face->second->close();
      faces_.erase(face);
    }
  }
  found->second->close();
  sessions_.erase(found);
}

void UdpTable::make_room() {
  if (sessions_.size() < kMostSessions) return;
  auto oldest = std::ranges::max_element(sessions_, {}, [](const auto& entry) { return entry.second->idle(); });
  drop(Key(oldest->first));
}

void UdpTable::yield(const Address& address) {
  std::lock_guard lock(mutex_);
  std::vector<Key> in_the_way;
  for (auto& [key, session] : sessions_)
    if (key.to.port == address.port && (address.is_any() || key.to == address)) in_the_way.push_back(key);
  for (const Key& key : in_the_way) drop(key);
}

void UdpTable::sweep(int diag) {
  std::lock_guard lock(mutex_);
  std::vector<Key> gone;
  auto ours = [this](const InetSocket& socket) { return ours_.contains(socket.inode); };
  for (auto& [key, session] : sessions_)
    if (session->idle() > kIdle && std::ranges::all_of(inet_sockets(diag, IPPROTO_UDP, key.client.port), ours)) gone.push_back(key);
  for (const Key& key : gone) drop(key);
}

// One timer for the VM's life, from its first session on.
void UdpTable::watch_clock(Vm& vm) {
  if (clock_) return;
  clock_ = std::make_shared<Fd>(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  const itimerspec every{.it_interval = {kSweepSeconds, 0}, .it_value = {kSweepSeconds, 0}};
  timerfd_settime(clock_->get(), 0, &every, nullptr);
  loop_ = &vm.engine.loop();
  loop_->post([&engine = vm.engine, clock = clock_, name = vm.name()] {
    engine.loop().watch(clock->get(), EPOLLIN, [&engine, clock, name](uint32_t) {
      uint64_t ticks = 0;
      if (read(clock->get(), &ticks, sizeof ticks) < 0) return;
      if (auto vm = engine.find(name)) net_of(*vm).udp.sweep(vm->diag());
    });
  });
}

void UdpTable::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (auto& [at, face] : faces_) face->close();
  faces_.clear();
  sessions_.clear();
  if (clock_)
    loop_->post([loop = loop_, clock = std::move(clock_)] { loop->forget(clock->get()); });
}

}  // namespace shuttle
