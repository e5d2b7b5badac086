#pragma once
#include <algorithm>
#include <chrono>
#include <thread>

namespace shuttle {

// Keeps a VM from using what costs the whole engine (a copy of its page tables) without bound: a burst is free, after
// that the VM's own thread waits, and nobody else.
class Pace {
 public:
  void take() {
    using namespace std::chrono;
    const auto now = steady_clock::now();
    due_ = std::max(due_, now - kBurst * kEach) + kEach;
    if (due_ > now) std::this_thread::sleep_for(due_ - now);
  }

 private:
  static constexpr int kBurst = 100;
  static constexpr std::chrono::milliseconds kEach{20};
  std::chrono::steady_clock::time_point due_{};
};

}  // namespace shuttle
