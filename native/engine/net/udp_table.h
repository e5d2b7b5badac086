#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "udp_session.h"

namespace shuttle {

class Engine;
class Vm;

// The datagram sessions of one VM, and what was lately decided about addresses that have none. Safe from any thread.
class UdpTable {
 public:
  struct Key {
    Address client, to;
    auto operator<=>(const Key&) const = default;
  };
  struct Noted {
    std::string what;  // verdict and peer as last recorded
    std::chrono::steady_clock::time_point until;
  };

  // Whether the program's socket `own` has a session. One that another socket left behind at its port is ended.
  bool has(const Key& key, int own);

  // Opens a session: a face at `key.to` inside the VM (or the one already there) joined to `outside`. 0 or an errno.
  // `own` is the program's socket, which may itself stand in the face's way.
  int open(Vm& vm, const Key& key, Fd outside, std::optional<Tap> tap, int own);

  // Whether the last decision about `key` still stands; and notes a new one: true where it differs from the last.
  bool settled(const Key& key) const;
  bool note(const Key& key, std::string what, std::chrono::milliseconds lasts);

  // Sockets of the engine's own in this VM's network: they are nobody's servers.
  bool is_ours(uint32_t inode) const;
  void add_ours(int socket);

  // Makes way for a program that binds `address` itself.
  void yield(const Address& address);
  // Ends sessions that were idle long and whose program socket is gone.
  void sweep(int diag);
  void close();

 private:
  struct Opened {
    std::shared_ptr<UdpFace> face;
    int error = 0;
  };
  Opened face_at(Vm& vm, const Address& at, int own);
  void watch_clock(Vm& vm);
  void drop(const Key& key);
  void make_room();

  mutable std::mutex mutex_;
  std::map<Address, std::shared_ptr<UdpFace>> faces_;
  std::map<Key, std::shared_ptr<UdpSession>> sessions_;
  std::map<Key, Noted> noted_;
  std::set<uint32_t> ours_;
  std::shared_ptr<Fd> clock_;
  Loop* loop_ = nullptr;
  bool closed_ = false;
};

}  // namespace shuttle
