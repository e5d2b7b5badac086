#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "../caller.h"

namespace shuttle {

class Engine;

// The program that a query came from, as its last trapped call from that port told.
struct DnsAsker {
  std::string vm;
  std::shared_ptr<const Caller> caller;
};

// Rules on one query, looks the name up where it may be, and records it. `answer` gets the message to send back, at once
// or from a worker's thread. A name that is blocked does not exist, as far as the program can tell.
void answer_query(Engine& engine, const DnsAsker& asker, std::string_view message, bool by_stream,
                  std::function<void(const std::string&)> answer);

}  // namespace shuttle
