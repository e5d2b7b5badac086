// The preloaded reader: a library in the Linux programs of a learning VM that reads the base system without asking the
// engine, which would say *continue* and record nothing. It decides nothing: what it does not know goes the usual way,
// and a program that has not got it, or goes round it, is trapped.
//
// It lives in other people's programs, so it needs no other library, allocates nothing, keeps no state but the gate,
// may be called from signal handlers, after fork and vfork and before main, and leaves errno as the C library would.
#undef _FILE_OFFSET_BITS  // would give `open` the name of `open64`
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base_path.h"
#include "gate.h"

extern "C" {
int* __errno_location() __attribute__((weak));
// The C library's own, under names that nobody else defines: they are cancellation points.
int __open64(const char*, int, ...) __attribute__((weak));
int __openat64_2(int, const char*, int) __attribute__((weak));
}

namespace {

using Gate = long (*)(int, const char*, int, unsigned);
using Ask = long (*)(long, long, const char*, long, long, long);
Gate the_gate = nullptr;  // set last

long call(long nr, long a, long b, long c, long d = 0, long e = 0, long f = 0) {
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  long result = nr;
  asm volatile("syscall" : "+a"(result) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}

int result_of(long result) {
  if (result >= 0) return static_cast<int>(result);
  if (__errno_location) *__errno_location() = static_cast<int>(-result);
  return -1;
}

__attribute__((constructor)) void make_gate() {
  using namespace shuttle::gate;
  const long page = static_cast<long>(kPage);
  if (call(SYS_mmap, page, kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1) != page) return;
  auto* code = reinterpret_cast<volatile unsigned char*>(kPage);
  for (unsigned at = 0; at < sizeof kCode; at++) code[at] = kCode[at];
  for (unsigned at = 0; at < sizeof kAskCode; at++) code[kAsk - kPage + at] = kAskCode[at];
  if (call(SYS_mprotect, page, kPageSize, PROT_READ | PROT_EXEC) != 0) return;
  __atomic_store_n(&the_gate, reinterpret_cast<Gate>(kPage), __ATOMIC_RELEASE);
}

// The lowest page is never there: what a wrong pointer usually is, the kernel shall say.
bool is_readable(const char* path) { return reinterpret_cast<unsigned long>(path) >= 4096; }

// Calls that ask about a name have no other meaning to the C library than to the kernel.
int ask(long call_number, int folder, const char* path, long a, long b, long c = 0) {
  if (__atomic_load_n(&the_gate, __ATOMIC_ACQUIRE) && is_readable(path) && shuttle::is_base_path(path))
    return result_of(reinterpret_cast<Ask>(shuttle::gate::kAsk)(call_number, AT_FDCWD, path, a, b, c));
  return result_of(call(call_number, folder, reinterpret_cast<long>(path), a, b, c));
}

bool has_mode(int flags) { return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE; }

int open_file(int folder, const char* path, int flags, unsigned mode) {
  const bool readable = is_readable(path);
  const Gate gate = __atomic_load_n(&the_gate, __ATOMIC_ACQUIRE);
  if (gate && readable && !(static_cast<unsigned>(flags) & shuttle::gate::kChangingFlags) && shuttle::is_base_path(path))
    return result_of(gate(AT_FDCWD, path, flags, 0));
  if (__open64 && (folder == AT_FDCWD || (readable && path[0] == '/'))) return __open64(path, flags, mode);
  if (__openat64_2 && !has_mode(flags)) return __openat64_2(folder, path, flags);
  return result_of(call(SYS_openat, folder, reinterpret_cast<long>(path), flags, static_cast<long>(mode)));
}

}  // namespace

#define SHUTTLE_READER(name) extern "C" __attribute__((visibility("default"))) int name

#define SHUTTLE_MODE(flags)      \
  unsigned mode = 0;             \
  if (has_mode(flags)) {         \
    va_list words;               \
    va_start(words, flags);      \
    mode = va_arg(words, unsigned); \
    va_end(words);               \
  }

SHUTTLE_READER(open)(const char* path, int flags, ...) {
  SHUTTLE_MODE(flags)
  return open_file(AT_FDCWD, path, flags, mode);
}
SHUTTLE_READER(open64)(const char* path, int flags, ...) {
  SHUTTLE_MODE(flags)
  return open_file(AT_FDCWD, path, flags, mode);
}
SHUTTLE_READER(openat)(int folder, const char* path, int flags, ...) {
  SHUTTLE_MODE(flags)
  return open_file(folder, path, flags, mode);
}
SHUTTLE_READER(openat64)(int folder, const char* path, int flags, ...) {
  SHUTTLE_MODE(flags)
  return open_file(folder, path, flags, mode);
}

struct stat;
struct statx;

#define SHUTTLE_STAT(name, flags) \
  SHUTTLE_READER(name)(const char* path, struct stat* out) { return ask(SYS_newfstatat, AT_FDCWD, path, reinterpret_cast<long>(out), flags); }
#define SHUTTLE_OLD_STAT(name, flags) \
  SHUTTLE_READER(name)(int, const char* path, struct stat* out) { return ask(SYS_newfstatat, AT_FDCWD, path, reinterpret_cast<long>(out), flags); }

SHUTTLE_STAT(stat, 0)
SHUTTLE_STAT(stat64, 0)
SHUTTLE_STAT(lstat, AT_SYMLINK_NOFOLLOW)
SHUTTLE_STAT(lstat64, AT_SYMLINK_NOFOLLOW)
// As programs of before 2021 call them, with a version that has one value on x86-64.
SHUTTLE_OLD_STAT(__xstat, 0)
SHUTTLE_OLD_STAT(__xstat64, 0)
SHUTTLE_OLD_STAT(__lxstat, AT_SYMLINK_NOFOLLOW)
SHUTTLE_OLD_STAT(__lxstat64, AT_SYMLINK_NOFOLLOW)
SHUTTLE_READER(fstatat)(int folder, const char* path, struct stat* out, int flags) {
  return ask(SYS_newfstatat, folder, path, reinterpret_cast<long>(out), flags);
}
SHUTTLE_READER(fstatat64)(int folder, const char* path, struct stat* out, int flags) {
  return ask(SYS_newfstatat, folder, path, reinterpret_cast<long>(out), flags);
}
SHUTTLE_READER(statx)(int folder, const char* path, int flags, unsigned mask, struct statx* out) {
  return ask(SYS_statx, folder, path, flags, static_cast<long>(mask), reinterpret_cast<long>(out));
}
SHUTTLE_READER(access)(const char* path, int mode) { return ask(SYS_faccessat, AT_FDCWD, path, mode, 0); }
extern "C" __attribute__((visibility("default"))) long readlink(const char* path, char* out, size_t room) {
  return ask(SYS_readlinkat, AT_FDCWD, path, reinterpret_cast<long>(out), static_cast<long>(room));
}
extern "C" __attribute__((visibility("default"))) long readlinkat(int folder, const char* path, char* out, size_t room) {
  return ask(SYS_readlinkat, folder, path, reinterpret_cast<long>(out), static_cast<long>(room));
}
