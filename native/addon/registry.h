#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace shuttle {

// Things of one process that several JavaScript threads must find by number, since no object goes from one to another.
template <class T>
class Registry {
 public:
  uint32_t add(const std::shared_ptr<T>& thing) {
    std::lock_guard lock(mutex_);
    things_[next_] = thing;
    return next_++;
  }
  // Null where it is gone.
  std::shared_ptr<T> find(uint32_t number) {
    std::lock_guard lock(mutex_);
    const auto found = things_.find(number);
    return found == things_.end() ? nullptr : found->second.lock();
  }
  void remove(uint32_t number) {
    std::lock_guard lock(mutex_);
    things_.erase(number);
  }

 private:
  std::mutex mutex_;
  std::map<uint32_t, std::weak_ptr<T>> things_;
  uint32_t next_ = 1;
};

}  // namespace shuttle
