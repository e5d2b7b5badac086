#include "grace.h"

#include <poll.h>

#include <csignal>

namespace shuttle {

namespace {

constexpr int kPatienceMs = 3000, kLookMs = 20;  // as long as a Wine server gets

}  // namespace

void ask_to_end(InitClient& init, const std::function<bool()>& stopping) {
  if (init.signal_all(SIGTERM) != 0) return;
  // Init, process 1, ends with the last of them.
  pollfd ended{init.pidfd(), POLLIN, 0};
  for (int waited = 0; waited < kPatienceMs && !stopping(); waited += kLookMs)
    if (poll(&ended, 1, kLookMs) != 0) return;
}

}  // namespace shuttle
