#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace shuttle {

// The engine's descriptors serve every VM. What one VM can have it hold for as long as it likes, channels and calls that
// wait, is counted here, and a VM has its share of them and no more.
class Share : public std::enable_shared_from_this<Share> {
 public:
  explicit Share(size_t most) : most_(most) {}

  // A part of the share, given back by itself. Empty where there was not so much left.
  class Held {
   public:
    Held() = default;
    Held(Held&& other) noexcept : of_(std::move(other.of_)), count_(std::exchange(other.count_, 0)) {}
    Held& operator=(Held&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(count_, other.count_);
      return *this;
    }
    ~Held() { if (of_) of_->held_ -= count_; }

    explicit operator bool() const { return of_ != nullptr; }
    // Makes it larger or smaller; false, and nothing changed, where there is not so much left.
    bool resize(size_t count);

   private:
    friend class Share;
    Held(std::shared_ptr<Share> of, size_t count) : of_(std::move(of)), count_(count) {}
    std::shared_ptr<Share> of_;
    size_t count_ = 0;
  };
  Held take(size_t count);

  // Half of what this process may have open, divided: the other half is for what passes.
  static size_t among(size_t vms);

 private:
  bool claim(size_t count);

  const size_t most_;
  std::atomic<size_t> held_{0};
};

}  // namespace shuttle
