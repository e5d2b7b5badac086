#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "../fd.h"
#include "dns_query.h"

namespace shuttle {

// One connection on which a program asks for names: messages with their length before them (RFC 1035, 4.2.2).
class DnsStream : public std::enable_shared_from_this<DnsStream> {
 public:
  DnsStream(Engine& engine, DnsAsker asker, Fd socket) : engine_(engine), asker_(std::move(asker)), socket_(std::move(socket)) {}

  // On the loop's thread.
  void start();
  void close();
  bool closed() const { return closed_; }

 private:
  void take();
  bool ask_next();
  void answer(const std::string& message);

  Engine& engine_;
  const DnsAsker asker_;
  std::mutex mutex_;
  Fd socket_;
  bool closed_ = false;
  std::string heard_;
};

}  // namespace shuttle
