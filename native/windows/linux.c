#include "linux.h"

#include <string.h>

enum { LINUX_AF_UNIX = 1, LINUX_SEQPACKET_CLOEXEC = 5 | 02000000, LINUX_NOSIGNAL = 0x4000, LINUX_DONTWAIT = 0x40, LINUX_CMSG_CLOEXEC = 0x40000000 };

// As Linux has it: `long` is as wide as an address there, and four bytes here.
typedef intptr_t word;

#ifdef _WIN64
enum { NR_CLOSE = 3, NR_POLL = 7, NR_MMAP = 9, NR_MUNMAP = 11, NR_SOCKET = 41, NR_CONNECT = 42, NR_SENDMSG = 46, NR_RECVMSG = 47, NR_SHUTDOWN = 48, NR_FCNTL = 72, NR_FTRUNCATE = 77, NR_GETTID = 186, NR_EXIT_GROUP = 231, NR_CLOCK_GETTIME = 228, NR_MEMFD_CREATE = 319 };

static word call6(word nr, word a, word b, word c, word d, word e, word f) {
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = f;
  word result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#else
// Of those that there are two of the later: mmap counts in pages, ftruncate has its length in two arguments, times have 64 bits.
enum { NR_CLOSE = 6, NR_POLL = 168, NR_MMAP = 192, NR_MUNMAP = 91, NR_SOCKET = 359, NR_CONNECT = 362, NR_SENDMSG = 370, NR_RECVMSG = 372, NR_SHUTDOWN = 373, NR_FCNTL = 221, NR_FTRUNCATE = 194, NR_GETTID = 224, NR_EXIT_GROUP = 252, NR_CLOCK_GETTIME = 403, NR_MEMFD_CREATE = 356 };

// The sixth argument's register is one by which the compiler may find its own variables.
static word call6(word nr, word a, word b, word c, word d, word e, word f) {
  const word all[] = {nr, a, b, c, d, e, f};
  word result;
  __asm__ volatile(
      "pushl %%ebp\n"
      "movl 4(%%eax), %%ebx\n"
      "movl 8(%%eax), %%ecx\n"
      "movl 12(%%eax), %%edx\n"
      "movl 16(%%eax), %%esi\n"
      "movl 20(%%eax), %%edi\n"
      "movl 24(%%eax), %%ebp\n"
      "movl (%%eax), %%eax\n"
      "int $0x80\n"
      "popl %%ebp\n"
      : "=a"(result)
      : "a"(all)
      : "ebx", "ecx", "edx", "esi", "edi", "memory", "cc");
  return result;
}
#endif
static word call3(word nr, word a, word b, word c) { return call6(nr, a, b, c, 0, 0, 0); }
static word address(const void *pointer) { return (word)(uintptr_t)pointer; }

// As the kernel has them for programs of this width.
struct part {
  const void *at;
  size_t bytes;
};
struct linux_message {
  void *name;
  uint32_t name_bytes;
  struct part *parts;
  size_t count;
  void *control;
  size_t control_bytes;
  int32_t flags;
};
struct control {
  size_t bytes;
  int32_t level, type;
  int32_t fd;
};
#define CONTROL_BYTES (offsetof(struct control, fd) + sizeof(int32_t))  // without what makes it whole words

int linux_gettid(void) { return (int)call3(NR_GETTID, 0, 0, 0); }

void linux_close(int fd) { call3(NR_CLOSE, fd, 0, 0); }

int linux_connect(const char *abstract) {
  struct {
    uint16_t family;
    char path[108];
  } name = {LINUX_AF_UNIX, {0}};
  const size_t bytes = strlen(abstract);
  memcpy(name.path + 1, abstract, bytes);
  const int made = (int)call3(NR_SOCKET, LINUX_AF_UNIX, LINUX_SEQPACKET_CLOEXEC, 0);
  if (made < 0) return made;
  word done;
  do done = call3(NR_CONNECT, made, address(&name), (word)(sizeof name.family + 1 + bytes));
  while (done == -LINUX_EINTR);
  if (done == 0) return made;
  linux_close(made);
  return (int)done;
}

int linux_send(int socket, const void *head, size_t head_bytes, const void *texts, size_t text_bytes, int dont_wait) {
  struct part parts[2] = {{head, head_bytes}, {texts, text_bytes}};
  struct linux_message message = {.parts = parts, .count = text_bytes ? 2 : 1};
  word done;
  do done = call3(NR_SENDMSG, socket, address(&message), LINUX_NOSIGNAL | (dont_wait ? LINUX_DONTWAIT : 0));
  while (done == -LINUX_EINTR);
  return done < 0 ? (int)done : 0;
}

int linux_send_fd(int socket, const void *head, size_t head_bytes, int fd) {
  struct part part = {head, head_bytes};
  struct control control = {CONTROL_BYTES, 1, 1, fd};
  struct linux_message message = {.parts = &part, .count = 1};
  if (fd >= 0) {
    message.control = &control;
    message.control_bytes = sizeof control;
  }
  word done;
  do done = call3(NR_SENDMSG, socket, address(&message), LINUX_NOSIGNAL);
  while (done == -LINUX_EINTR);
  return done < 0 ? (int)done : 0;
}

long long linux_receive(int socket, void *into, size_t bytes, int *fd) {
  struct part part = {into, bytes};
  struct control control = {0};
  struct linux_message message = {.parts = &part, .count = 1};
  if (fd) {
    *fd = -1;
    message.control = &control;
    message.control_bytes = sizeof control;
  }
  word done;
  do done = call3(NR_RECVMSG, socket, address(&message), LINUX_CMSG_CLOEXEC);
  while (done == -LINUX_EINTR);
  if (fd && message.control_bytes >= CONTROL_BYTES && control.level == 1 && control.type == 1) *fd = control.fd;
  return done;
}

int linux_wait(int socket, int ms) {
  struct {
    int32_t fd;
    int16_t wanted, there;
  } one = {socket, 1, 0};
  word done;
  do done = call3(NR_POLL, address(&one), 1, ms);
  while (done == -LINUX_EINTR);
  return done != 0;
}

void linux_pause(int ms) { call3(NR_POLL, 0, 0, ms); }

void *linux_map(int fd, size_t bytes) {
  const word at = call6(NR_MMAP, 0, (word)bytes, 3, fd < 0 ? 0x22 : 1, fd, 0);
  return at < 0 && at > -4096 ? NULL : (void *)(uintptr_t)at;
}

void linux_unmap(void *at, size_t bytes) { call3(NR_MUNMAP, address(at), (word)bytes, 0); }

int linux_sealed_memory(uint64_t bytes) {
  enum { CLOEXEC_ALLOW_SEALING = 3, ADD_SEALS = 1033, SEAL_SHRINK_GROW = 1 | 2 | 4 };
  const int made = (int)call3(NR_MEMFD_CREATE, address("section"), CLOEXEC_ALLOW_SEALING, 0);
  if (made < 0) return made;
  word done = call3(NR_FTRUNCATE, made, (word)bytes, (word)(bytes >> 32));
  if (done == 0) done = call3(NR_FCNTL, made, ADD_SEALS, SEAL_SHRINK_GROW);
  if (done == 0) return made;
  linux_close(made);
  return (int)done;
}

int64_t linux_now_ns(void) {
  int64_t time[2] = {0, 0};
  call3(NR_CLOCK_GETTIME, 1, address(time), 0);
  return time[0] * 1000000000 + time[1];
}

int linux_hung_up(int socket) {
  struct {
    int32_t fd;
    int16_t events, got;
  } look = {socket, 0x2000 /* POLLRDHUP */, 0};
  return call3(NR_POLL, address(&look), 1, 0) > 0;
}

void linux_shutdown(int socket) { call3(NR_SHUTDOWN, socket, 2, 0); }
void linux_shutdown_write(int socket) { call3(NR_SHUTDOWN, socket, 1, 0); }

void linux_exit(int code) {
  for (;;) call3(NR_EXIT_GROUP, code, 0, 0);
}
