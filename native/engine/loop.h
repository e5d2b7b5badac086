#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "fd.h"

namespace shuttle {

// One thread that waits on many descriptors. All callbacks run on that thread, one at a time.
class Loop {
 public:
  using Ready = std::function<void(uint32_t events)>;

  Loop();
  ~Loop() { stop(); }

  void stop();  // callbacks not yet run are dropped

  // Runs `task` on the loop's thread, soon. Safe from any thread.
  void post(std::function<void()> task);

  // On the loop's thread only. `events` are EPOLLIN, EPOLLOUT…; the descriptor stays the caller's.
  void watch(int fd, uint32_t events, Ready ready);
  void change(int fd, uint32_t events);
  void forget(int fd);  // before the descriptor is closed

 private:
  void run();
  Fd epoll_, wake_;
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  std::unordered_map<int, std::shared_ptr<Ready>> watched_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace shuttle
