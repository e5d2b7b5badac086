#include "kernel_notifier.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#include "newer_kernel.h"

namespace shuttle {

namespace {

void install_nudge() {
  static const bool installed = [] {
    struct sigaction action = {};
    action.sa_handler = [](int) {};
    sigaction(KernelNotifier::kNudge, &action, nullptr);
    return true;
  }();
  (void)installed;
}

// A signal that finds the asking thread waiting for the listener's lock says nothing about the call: an answer that was
// not given for it would leave the caller waiting for ever.
int ask(const Fd& listener, unsigned long request, void* about) {
  int result;
  do result = ioctl(listener.get(), request, about);
  while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

KernelNotifier::KernelNotifier(Fd listener) : listener_(std::move(listener)) {
  install_nudge();
  ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, kSyncWakeUp);  // older kernels: slower, not different
}

// Once no process is under the filter any more, each look ends at once with ENOENT.
bool KernelNotifier::nobody_left() const {
  pollfd look{listener_.get(), POLLIN, 0};
  return poll(&look, 1, 0) == 1 && (look.revents & POLLHUP) != 0;
}

bool KernelNotifier::receive(Notice& notice) {
  seccomp_notif raw;
  while (!stopped_.load(std::memory_order_acquire)) {
    memset(&raw, 0, sizeof raw);  // the kernel insists
    if (ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &raw) == 0) {
      notice = {.id = raw.id, .tid = static_cast<pid_t>(raw.pid), .arch = raw.data.arch, .nr = raw.data.nr};
      memcpy(notice.args, raw.data.args, sizeof notice.args);
      return true;
    }
    // ENOENT: the caller died between the trap and the look, or nobody is left; EINTR: a nudge.
    if (errno != EINTR && errno != ENOENT) return false;
    if (nobody_left()) return false;
  }
  return false;
}

bool KernelNotifier::valid(uint64_t id) const { return ask(listener_, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0; }

bool KernelNotifier::respond(uint64_t id, const Answer& answer) {
  seccomp_notif_resp response = {};
  response.id = id;
  if (answer.kind == Answer::Kind::kContinue)
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  else if (answer.value < 0)
    response.error = static_cast<int>(answer.value);
  else
    response.val = answer.value;
  return ask(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

int KernelNotifier::add_fd(uint64_t id, int fd, int at, bool close_on_exec) {
  seccomp_notif_addfd request = {};
  request.id = id;
  request.srcfd = static_cast<uint32_t>(fd);
  if (at >= 0) {
    request.flags = SECCOMP_ADDFD_FLAG_SETFD;
    request.newfd = static_cast<uint32_t>(at);
  }
  request.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  const int number = ask(listener_, SECCOMP_IOCTL_NOTIF_ADDFD, &request);
  return number >= 0 ? number : -errno;
}

}  // namespace shuttle
