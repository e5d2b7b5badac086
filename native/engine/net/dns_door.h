#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "../caller.h"
#include "../fd.h"
#include "address.h"

namespace shuttle {

class Engine;
class DnsStream;

// The engine's socket inside a VM where programs believe a name server to be. It hears only programs whose call led here.
class DnsDoor : public std::enable_shared_from_this<DnsDoor> {
 public:
  DnsDoor(Engine& engine, std::string vm, Fd socket, bool streams)
      : engine_(engine), vm_(std::move(vm)), socket_(std::make_shared<Fd>(std::move(socket))), streams_(streams) {}

  void start();
  void close();
  void expect(const Address& client, std::shared_ptr<const Caller> caller);

 private:
  void take_datagrams();
  void take_streams();
  std::shared_ptr<const Caller> caller_at(const Address& source) const;

  Engine& engine_;
  const std::string vm_;
  std::shared_ptr<Fd> socket_;  // shared with lookups under way, which answer through it
  const bool streams_;
  mutable std::mutex mutex_;
  std::map<uint16_t, std::shared_ptr<const Caller>> askers_;  // by the port they ask from
  std::deque<std::shared_ptr<DnsStream>> connections_;
};

}  // namespace shuttle
