#include "workers.h"

#include <algorithm>

namespace shuttle {

void Workers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [whose, share] : shares_) share.waiting.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run(const void* whose, std::function<void()> task) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  shares_[whose].waiting.push_back(std::move(task));
  size_t wanted = 0;
  for (const auto& [each, share] : shares_) wanted += std::min(share.waiting.size(), kMostEach - share.running);
  if (wanted > idle_) threads_.emplace_back([this] { work(); });
  wake_.notify_one();
}

Workers::Share* Workers::next() {
  for (auto& [whose, share] : shares_)
    if (share.may_begin()) return &share;
  return nullptr;
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    Share* share = nullptr;
    idle_++;
    wake_.wait(lock, [&] { return stopping_ || (share = next()); });
    idle_--;
    if (stopping_) return;
    auto task = std::move(share->waiting.front());
    share->waiting.pop_front();
    share->running++;
    lock.unlock();
    task();
    task = nullptr;  // what it holds goes before another may begin, and without the lock
    lock.lock();
    share->running--;
  }
}

}  // namespace shuttle
