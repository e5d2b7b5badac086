#include "workers.h"

#include <algorithm>
#include <system_error>

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

bool Workers::run(const void* whose, Task task) {
  std::lock_guard lock(mutex_);
  if (stopping_) return false;
  Share& share = shares_[whose];
  if (!has_room(share)) return false;
  share.waiting.push_back(std::move(task));
  if (!has_thread_for(share)) {
    share.waiting.pop_back();
    return false;
  }
  wake_.notify_one();
  return true;
}

// Callers that are killed while they wait leave their calls behind. To look at all of them each time would take a while,
// so it is done when there are twice as many as were alive the last time.
bool Workers::has_room(Share& share) {
  if (share.waiting.size() < share.most) return true;
  std::erase_if(share.waiting, [](const Task& task) { return !task.wanted(); });
  share.most = std::clamp(share.waiting.size() * 2, size_t{256}, kMostWaiting);
  return share.waiting.size() < share.most;
}

// The user's processes may have been used up. Then what waits is done by threads of the same VM's earlier calls: those of
// others may never be free again.
bool Workers::has_thread_for(const Share& share) {
  size_t wanted = 0;
  for (const auto& [each, other] : shares_) wanted += std::min(other.waiting.size(), kMostEach - other.running);
  if (wanted <= threads_.size() - busy_) return true;
  try {
    threads_.emplace_back([this] { work(); });
    return true;
  } catch (const std::system_error&) {
    return share.running > 0;
  }
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
    wake_.wait(lock, [&] { return stopping_ || (share = next()); });
    if (stopping_) return;
    Task task = std::move(share->waiting.front());
    share->waiting.pop_front();
    share->running++;
    busy_++;
    lock.unlock();
    task.act();
    task = {};  // what it holds goes before another may begin, and without the lock
    lock.lock();
    share->running--;
    busy_--;
  }
}

}  // namespace shuttle
