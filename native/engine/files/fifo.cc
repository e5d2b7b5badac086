#include "fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "../engine.h"
#include "../kernel_notifier.h"
#include "../workers.h"
#include "carry.h"

namespace shuttle {

namespace {

// Opens in a thread of its own, which a signal takes out of its waiting: the descriptor, or a negative errno.
Opened open_patiently(const Trap& trap, const Holder& holder, int flags) {
  std::mutex mutex;
  std::condition_variable wake;
  bool done = false;
  Opened result = -EINTR;
  std::thread opener([&] {
    const Opened fd = open_found(trap.vm, holder, flags, true);
    std::lock_guard lock(mutex);
    result = fd;
    done = true;
    wake.notify_one();
  });
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, std::chrono::milliseconds(50), [&] { return done; })) {
    if (!trap.valid() || trap.vm.engine.workers().stopping()) pthread_kill(opener.native_handle(), KernelNotifier::kNudge);
  }
  lock.unlock();
  opener.join();
  return result;
}

}  // namespace

Answer carry_fifo(const Trap& trap, Holder holder, int flags, std::function<void(int error)> opened) {
  // Read-write, and any end that need not wait, is opened at once.
  if ((flags & O_NONBLOCK) || (flags & O_ACCMODE) == O_RDWR) {
    const Opened fd = open_found(trap.vm, holder, flags, true);
    opened(fd < 0 ? -fd : 0);
    return hand_over(trap, fd, flags);
  }
  auto alive = trap.vm.engine.find(trap.vm.name());
  trap.vm.engine.workers().run([trap, alive, flags, opened = std::move(opened), holder = std::make_shared<Holder>(std::move(holder))] {
    const Opened fd = open_patiently(trap, *holder, flags);
    opened(fd < 0 ? -fd : 0);
    trap.answer(hand_over(trap, fd, flags));
  });
  return Answer::later();
}

}  // namespace shuttle
