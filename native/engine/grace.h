#pragma once
#include <functional>

#include "init_client.h"

namespace shuttle {

// Asks every program of a Linux VM to end (SIGTERM) and waits a little for the last one, so that servers put away what
// they have. Returns at once when nothing runs any more, or `stopping` says so.
void ask_to_end(InitClient& init, const std::function<bool()>& stopping);

}  // namespace shuttle
