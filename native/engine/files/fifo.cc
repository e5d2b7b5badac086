#include "fifo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "../engine.h"
#include "../kernel_notifier.h"
#include "../later.h"
#include "../workers.h"
#include "carry.h"

namespace shuttle {

namespace {

// Opens in a thread of its own, which a signal takes out of its waiting: the descriptor, or a negative errno.
Opened open_patiently(const Trap& trap, const Holder& holder, int flags) {
  const Fd done(eventfd(0, EFD_CLOEXEC));
  Opened result = -EINTR;
  std::thread opener;
  try {
    opener = std::thread([&] {
      result = open_found(trap.vm, holder, flags, true);
      eventfd_write(done.get(), 1);
    });
  } catch (const std::system_error&) {
    return -ENFILE;  // the user's processes are used up
  }
  // The caller's end is seen at once, lest its open meet somebody who comes later; the rest can wait a little.
  pollfd ends[] = {{done.get(), POLLIN, 0}, {trap.caller().pidfd.get(), POLLIN, 0}};
  while (poll(ends, 2, 50) >= 0 || errno == EINTR) {
    if (ends[0].revents) break;
    const bool gone = ends[1].revents != 0;
    if (!gone && trap.valid() && !trap.vm.engine.workers().stopping()) continue;
    pthread_kill(opener.native_handle(), KernelNotifier::kNudge);
    if (gone) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
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
  opened(0);  // decided; who comes to the other end, and when, is not the wall's affair
  auto alive = trap.vm.engine.find(trap.vm.name());
  return do_later(trap, [trap, alive, flags, holder = std::make_shared<Holder>(std::move(holder))] {
    const Opened fd = open_patiently(trap, *holder, flags);
    trap.answer(hand_over(trap, fd, flags));
  });
}

}  // namespace shuttle
