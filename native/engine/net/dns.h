#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "../fd.h"
#include "../trap.h"
#include "address.h"

namespace shuttle {

class DnsDoor;

// Where a VM's programs ask for names. Whatever server they mean, the engine meets them at its address inside the VM,
// and every name is an interaction of its own: ruled on, looked up on the host's side, recorded. Safe from any thread.
class DnsDoors {
 public:
  // Opens a door at a server's address for a program socket; false where none can be opened.
  bool meet_udp(const Trap& trap, const Address& client, const Address& server);
  bool meet_tcp(const Trap& trap, const Address& client, const Address& server);
  void close();

 private:
  bool meet(const Trap& trap, const Address& client, const Address& server, int type);

  struct Key {
    int type = 0;
    Address server;
    auto operator<=>(const Key&) const = default;
  };
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<DnsDoor>> doors_;
  std::deque<Key> order_;
  bool closed_ = false;
};

// A connect of a TCP socket to port 53, where no other VM serves it: performed here, on the copies. Empty where the
// address is not one at which names are asked for.
std::optional<Answer> connect_dns(const Trap& trap, int socket, const sockaddr_storage& address, socklen_t length);

}  // namespace shuttle
