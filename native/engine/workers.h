#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shuttle {

// Threads for what may block while the engine does it for a VM (a full backlog, a FIFO without its other end).
// There is one for each task under way, so that a VM that stalls its calls cannot hold up another: its own
// threads, each waiting in one call, bound how many that are.
class Workers {
 public:
  Workers() = default;
  ~Workers() { stop(); }

  // Drops what has not begun and waits for what runs; tasks must notice `stopping`.
  void stop();

  void run(std::function<void()> task);
  bool stopping() const { return stopping_; }

 private:
  void work();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  std::atomic<bool> stopping_{false};
};

}  // namespace shuttle
