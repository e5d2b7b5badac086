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
  static constexpr size_t kMostWaiting = 4096;  // for a thread, of each

  Workers() = default;
  ~Workers() { stop(); }

  // Drops what has not begun and waits for what runs; tasks must notice `stopping`.
  void stop();

  // What is to be done, and whether anybody still waits for it; who asks that holds our lock.
  struct Task {
    std::function<void()> act;
    std::function<bool()> wanted = [] { return true; };
  };

  // `whose`: the VM on whose behalf it is; only compared. False where as many of its wait as may, or nobody can do it.
  bool run(const void* whose, Task task);
  bool run(const void* whose, std::function<void()> act) { return run(whose, Task{std::move(act)}); }
  bool stopping() const { return stopping_; }

 private:
  struct Share {
    std::deque<Task> waiting;
    size_t running = 0;
    size_t most = 256;  // that may wait before the dead among them are looked for
    bool may_begin() const { return !waiting.empty() && running < kMostEach; }
  };

  static bool has_room(Share& share);
  bool has_thread_for(const Share& share);
  void work();
  Share* next();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<const void*, Share> shares_;
  std::vector<std::thread> threads_;
  size_t busy_ = 0;  // of them; one that has only just been started is not, and will take what waits
  std::atomic<bool> stopping_{false};
};

}  // namespace shuttle
