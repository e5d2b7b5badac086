#include "hold.h"

#include <unistd.h>

#include <cerrno>

namespace shuttle::init {

int hold() {
  char byte;
  while (read(0, &byte, 1) < 0 && errno == EINTR) {
  }
  return 0;
}

}  // namespace shuttle::init
