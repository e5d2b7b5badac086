// Descriptors that Node has no call for: pipes, and the private terminal a program gets instead of ours.
#include "stdio.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "../engine/fd.h"

namespace shuttle {
namespace {

Napi::Error failure(Napi::Env env, const char* what) {
  return Napi::Error::New(env, std::string(what) + ": " + std::strerror(errno));
}

Napi::Value pair(Napi::Env env, Fd first, Fd second) {
  Napi::Array both = Napi::Array::New(env, 2);
  both.Set(0u, first.release());
  both.Set(1u, second.release());
  return both;
}

winsize size_of(const Napi::CallbackInfo& info, size_t at) {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(info[at].ToNumber().Uint32Value());
  size.ws_col = static_cast<unsigned short>(info[at + 1].ToNumber().Uint32Value());
  return size;
}

// pipe(): [read end, write end]
Napi::Value make_pipe(const Napi::CallbackInfo& info) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw failure(info.Env(), "pipe");
  return pair(info.Env(), Fd(ends[0]), Fd(ends[1]));
}

// terminal(rows, columns): [our end, the program's end]
Napi::Value make_terminal(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Fd ours(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!ours || grantpt(ours.get()) != 0 || unlockpt(ours.get()) != 0) throw failure(env, "terminal");
  Fd theirs(ioctl(ours.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!theirs) throw failure(env, "terminal");
  winsize size = size_of(info, 0);
  ioctl(ours.get(), TIOCSWINSZ, &size);
  return pair(env, std::move(ours), std::move(theirs));
}

// resize(our end, rows, columns)
void resize_terminal(const Napi::CallbackInfo& info) {
  winsize size = size_of(info, 1);
  ioctl(info[0].ToNumber().Int32Value(), TIOCSWINSZ, &size);
}

}  // namespace

void register_stdio(Napi::Env env, Napi::Object exports) {
  exports.Set("pipe", Napi::Function::New(env, make_pipe));
  exports.Set("terminal", Napi::Function::New(env, make_terminal));
  exports.Set("resize", Napi::Function::New(env, resize_terminal));
}

}  // namespace shuttle
