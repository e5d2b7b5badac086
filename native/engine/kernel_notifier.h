#pragma once
#include <signal.h>

#include <atomic>

#include "fd.h"
#include "notify.h"

namespace shuttle {

// The seam over a real seccomp listener.
class KernelNotifier : public Notifier {
 public:
  // A listener does not wake its reader when its last process ends (before kernel 6.11), and polling first would cost
  // a call per trap: so whoever wants the reader to stop calls `stop` and sends it this signal until it has.
  static constexpr int kNudge = SIGURG;

  explicit KernelNotifier(Fd listener);
  bool receive(Notice& notice) override;
  bool valid(uint64_t id) const override;
  bool respond(uint64_t id, const Answer& answer) override;
  int add_fd(uint64_t id, int fd, int at, bool close_on_exec) override;
  void stop() { stopped_.store(true, std::memory_order_release); }

 private:
  bool nobody_left() const;
  Fd listener_;
  std::atomic<bool> stopped_{false};
};

}  // namespace shuttle
