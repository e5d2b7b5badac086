// What messages brought to one VM over rules that are others' carriers: the values that `{given}` stands for there, and
// the names that may be passed. Fed by the relay, before the VM itself hears the bytes; asked when a rule decides.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "decide.h"
#include "readings.h"

namespace shuttle {

class Handed {
 public:
  // A chunk of one direction of a channel, as it came; what went before it in that stream is remembered.
  void hear(const std::string& carrier, uint64_t stream, std::string_view bytes);

  bool empty() const { return heard_.load(std::memory_order_relaxed) == 0; }

  // Adds to `given` the pieces of `name` that came, each with what brought it, and the whole of it where it came whole.
  // The views in `given` point into `name` and into this.
  void fill(std::string_view name, bool fold, std::vector<Given>& given) const;

 private:
  struct Stream {
    uint64_t id;
    std::string bytes;     // as one, for what was cut in two
    std::string messages;  // each by itself: what goes on without a break may also be two things
  };
  // What was heard over one carrier, ready to be searched.
  struct Read {
    std::string_view carrier;
    std::vector<std::string> texts, plain;
  };
  const std::vector<Read>& read(bool fold) const;

  mutable std::mutex mutex_;
  std::atomic<uint64_t> heard_{0};  // chunks
  std::map<std::string, std::deque<Stream>, std::less<>> carriers_;  // nodes stay where they are
  mutable std::mutex reading_;  // of what follows; never taken by whoever feeds this
  mutable uint64_t read_ = 0;   // chunks that it knows
  mutable std::vector<Read> known_;
};

}  // namespace shuttle
