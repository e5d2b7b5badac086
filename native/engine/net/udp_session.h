#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "../fd.h"
#include "../loop.h"
#include "../row.h"
#include "address.h"
#include "relay.h"

namespace shuttle {

class UdpFace;

// One program socket's exchange with one address outside its VM. `outside` is a socket in the owner's network,
// connected to that address: nobody else's datagrams come in by it.
class UdpSession : public std::enable_shared_from_this<UdpSession> {
 public:
  UdpSession(Loop& loop, std::shared_ptr<Record> record, const Address& client, uint32_t socket, Fd outside, std::optional<Tap> tap)
      : client(client), socket(socket), loop_(loop), record_(std::move(record)), outside_(std::move(outside)), tap_(tap) {}

  const Address client;  // the program's socket; the wildcard address where it is bound to none
  const uint32_t socket;  // its inode: another socket may come to the same port, and must be ruled on itself

  void start(std::shared_ptr<UdpFace> face);
  void close();
  std::chrono::steady_clock::duration idle() const;

  // On the loop's thread: the program sent this from `source`.
  void carry_out(const char* bytes, size_t size, const Address& source);

 private:
  void carry_in();
  void note(int direction, const char* bytes, size_t size);

  Loop& loop_;
  const std::shared_ptr<Record> record_;
  Fd outside_;
  const std::optional<Tap> tap_;
  std::shared_ptr<UdpFace> face_;
  Address answer_to_;  // where the program's datagrams really came from
  std::atomic<std::chrono::steady_clock::duration::rep> used_{0};
};

// The engine's socket inside a VM at an address that lives elsewhere. It takes only what comes from the program sockets
// that have a session here: whatever else is sent to it falls away unseen.
class UdpFace : public std::enable_shared_from_this<UdpFace> {
 public:
  UdpFace(Loop& loop, const Address& at, Fd socket, uint32_t inode)
      : at(at), inode(inode), loop_(loop), socket_(std::move(socket)) {}

  const Address at;
  const uint32_t inode;

  void start();
  void close();
  void admit(std::shared_ptr<UdpSession> session);
  std::shared_ptr<UdpSession> session_of(const Address& source) const;
  std::shared_ptr<UdpSession> remove(const Address& client);
  bool empty() const;
  void answer(const char* bytes, size_t size, const Address& to) const;

 private:
  void take();

  Loop& loop_;
  Fd socket_;
  mutable std::mutex mutex_;
  std::map<Address, std::shared_ptr<UdpSession>> sessions_;
};

}  // namespace shuttle
