#pragma once
#include <memory>
#include <set>
#include <span>
#include <string>

#include "rpc_pdu.h"

namespace shuttle {

class Vm;

// Calls of COM objects on one channel: tells each side the other's objects by names that are its own to use, and knows on
// account of which class they may be called. Nothing is permitted by what it reads.
class ComCalls {
 public:
  ComCalls(std::weak_ptr<Vm> client, std::weak_ptr<Vm> server, std::string class_id) : client_(std::move(client)), server_(std::move(server)), class_id_(std::move(class_id)) {}
  const std::string& class_id() const { return class_id_; }

  // `interface` of a request is the one it is for.
  void to_server(std::span<char> bytes, const RpcPacket& packet, const std::string& interface);
  void to_client(std::span<char> bytes);

 private:
  std::weak_ptr<Vm> client_, server_;
  std::string class_id_;
  std::set<uint32_t> queries_;  // calls of RemQueryInterface that wait for their answer
};

}  // namespace shuttle
