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

// raw(fd): how the terminal was set, for cooked(fd, that). Node's own raw mode still turns \n into \r\n.
Napi::Value make_raw(const Napi::CallbackInfo& info) {
  const int fd = info[0].ToNumber().Int32Value();
  termios before{};
  if (tcgetattr(fd, &before) != 0) throw failure(info.Env(), "terminal");
  termios raw = before;
  cfmakeraw(&raw);
  tcsetattr(fd, TCSADRAIN, &raw);
  return Napi::Buffer<char>::Copy(info.Env(), reinterpret_cast<const char*>(&before), sizeof before);
}

// interrupts(our end): whether Ctrl-C that is typed there is a signal, rather than a byte for the program to read.
Napi::Value interrupts(const Napi::CallbackInfo& info) {
  termios now{};
  const bool told = tcgetattr(info[0].ToNumber().Int32Value(), &now) == 0;
  return Napi::Boolean::New(info.Env(), told && (now.c_lflag & ISIG) && now.c_cc[VINTR] == 3);
}

void make_cooked(const Napi::CallbackInfo& info) {
  const auto saved = info[1].As<Napi::Buffer<char>>();
  termios before{};
  if (saved.Length() != sizeof before) return;
  std::memcpy(&before, saved.Data(), sizeof before);
  tcsetattr(info[0].ToNumber().Int32Value(), TCSADRAIN, &before);
}

}  // namespace

void register_stdio(Napi::Env env, Napi::Object exports) {
  exports.Set("pipe", Napi::Function::New(env, make_pipe));
  exports.Set("terminal", Napi::Function::New(env, make_terminal));
  exports.Set("raw", Napi::Function::New(env, make_raw));
  exports.Set("cooked", Napi::Function::New(env, make_cooked));
  exports.Set("interrupts", Napi::Function::New(env, interrupts));
  exports.Set("resize", Napi::Function::New(env, resize_terminal));
}

}  // namespace shuttle
