#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace shuttle {

// Threads for what may block while the engine does it for a VM (a full backlog, a FIFO without its other end).
// Each VM has so many and no more: one that stalls its calls holds up nobody else, and further calls of its own wait
// their turn.
class Workers {
 public:
  static constexpr size_t kMostEach = 64;

  Workers() = default;
  ~Workers() { stop(); }

  // Drops what has not begun and waits for what runs; tasks must notice `stopping`.
  void stop();

  // `whose`: the VM on whose behalf it is; only compared.
  void run(const void* whose, std::function<void()> task);
  bool stopping() const { return stopping_; }

 private:
  struct Share {
    std::deque<std::function<void()>> waiting;
    size_t running = 0;
    bool may_begin() const { return !waiting.empty() && running < kMostEach; }
  };

  void work();
  Share* next();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<const void*, Share> shares_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  std::atomic<bool> stopping_{false};
};

}  // namespace shuttle
