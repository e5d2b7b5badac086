#include "line.h"

#include <string.h>

#include "../linux.h"

#define LINES 32

// A line is used by one thread at a time. A thread that is ended in the middle of it takes it along: there are more.
struct line {
  LONG busy;
  int socket;        // 0: not open yet
  uint8_t *scratch;  // SH_MOST_MESSAGE bytes, touched when used
};
static struct line lines[LINES];
static struct sh_ring *ring;
static uint64_t serving, asking;      // a bit for each operation
static const struct sh_board *board;  // null: whatever the name

ULONG_PTR own_pid(void) { return (ULONG_PTR)NtCurrentTeb()->Reserved1[8]; }
ULONG_PTR own_tid(void) { return (ULONG_PTR)NtCurrentTeb()->Reserved1[9]; }

// What a message is about: a name, which may have a second text behind a zero, and a detail. Each may be missing.
struct about {
  const struct name *object, *second;
  const char *detail;
};

static uint32_t write_object(const struct about *about, uint8_t *out, uint32_t room) {
  const uint32_t used = write_name(about->object, out, room);
  if (!about->second || used == room) return used;
  out[used] = 0;
  return used + 1 + write_name(about->second, out + used + 1, room - used - 1);
}

static int say_about(struct line *line, enum sh_say what, uint32_t op, uint32_t access, const uint64_t *extra, const struct about *about) {
  struct sh_message message = {.say = what, .op = op, .access = access, .tid = linux_gettid(), .win_pid = (uint32_t)own_pid()};
  uint32_t used = 0;
  if (extra) memcpy(message.extra, extra, sizeof message.extra);
  const char *detail = about->detail;
  if (about->object || detail) {
    if (!line->scratch) line->scratch = linux_map(-1, SH_MOST_MESSAGE);
    if (!line->scratch) return 0;
  }
  if (about->object) used = message.object_bytes = write_object(about, line->scratch, SH_MOST_MESSAGE - SH_MOST_DETAIL - 1024);
  if (detail) {
    const uint32_t bytes = (uint32_t)strlen(detail);
    if (bytes <= SH_MOST_DETAIL) memcpy(line->scratch + used, detail, message.detail_bytes = bytes);
    used += message.detail_bytes;
  }
  return linux_send(line->socket, &message, sizeof message, line->scratch, used, what == SH_RING) == 0;
}

static int say(struct line *line, enum sh_say what) { return say_about(line, what, 0, 0, NULL, &(struct about){NULL, NULL, NULL}); }

static void hang_up(struct line *line) {
  if (line->socket > 0) linux_close(line->socket);
  line->socket = 0;
}

static struct line *take_line(void) {
  for (int i = 0; i < LINES; i++) {
    struct line *line = &lines[i];
    if (InterlockedExchange(&line->busy, 1)) continue;
    if (line->socket > 0) return line;
    line->socket = linux_connect(SH_DOOR);
    if (line->socket > 0 && say(line, SH_MORE)) return line;
    hang_up(line);
    line->busy = 0;
    return NULL;
  }
  return NULL;
}
static void leave_line(struct line *line) { __atomic_store_n(&line->busy, 0, __ATOMIC_RELEASE); }

static void take_board(struct line *line) {
  struct sh_answer answer;
  int fd = -1;
  if (say(line, SH_BOARD)) linux_receive(line->socket, &answer, sizeof answer, &fd);
  if (fd < 0) return;
  board = linux_map(fd, sizeof *board);
  linux_close(fd);
}

int open_line(void) {
  const UNICODE_STRING *image = &NtCurrentTeb()->ProcessEnvironmentBlock->ProcessParameters->ImagePathName;
  const struct name name = {"", image->Buffer, image->Length / sizeof(WCHAR)};
  struct line *line = &lines[0];
  struct sh_welcome welcome;
  int fd = -1;
  line->socket = linux_connect(SH_DOOR);
  if (line->socket <= 0) return line->socket = 0;
  if (say_about(line, SH_HELLO, 0, 0, NULL, &(struct about){&name, NULL, NULL}) && linux_receive(line->socket, &welcome, sizeof welcome, &fd) == sizeof welcome &&
      welcome.say == SH_WELCOME && welcome.version == SH_VERSION && fd >= 0)
    ring = linux_map(fd, sizeof *ring);
  if (fd >= 0) linux_close(fd);
  if (!ring) return hang_up(line), 0;
  serving = welcome.serve;
  asking = welcome.ask;
  if (asking) take_board(line);
  return 1;
}

static void call_engine(enum sh_say what) {
  struct line *line = take_line();
  struct sh_answer answer;
  if (!line) return;
  if (!say(line, what) && what != SH_RING) hang_up(line);
  else if (what == SH_DRAIN && linux_receive(line->socket, &answer, sizeof answer, NULL) < (long long)sizeof answer) hang_up(line);
  leave_line(line);
}

// A number of 64 bits as a whole. In 32 bits the compiler would take it through the floating point unit, whose state is
// the program's.
static uint64_t load(uint64_t *at) {
#ifdef _WIN64
  return __atomic_load_n(at, __ATOMIC_ACQUIRE);
#else
  return __sync_val_compare_and_swap(at, 0, 0);
#endif
}

// Room for an entry, or null where even the engine could make none. What a padding skips stays behind it. The engine reads
// no further than to an entry that is reserved and not written yet: its writer may be waiting for its turn on a busy
// machine, so for a while that is waited for; one that was ended in the middle of it keeps the others waiting once.
static struct sh_event *reserve(uint32_t bytes) {
  enum { PATIENT = 1000, IMPATIENT = 3 };  // turns of a millisecond
  static LONG vain;
  for (int tries = 0; tries < (vain ? IMPATIENT : PATIENT); tries++) {
    if (tries) linux_pause(1);
    uint64_t head = load(&ring->head);
    for (;;) {
      const uint64_t tail = load(&ring->tail);
      const uint32_t at = (uint32_t)(head & (SH_RING_BYTES - 1)), to_end = SH_RING_BYTES - at;
      const uint32_t skip = to_end < bytes ? to_end : 0;
      if (head < tail) {  // others have been here since it was read
        head = load(&ring->head);
        continue;
      }
      if (head + skip + bytes - tail > SH_RING_BYTES) break;
      if (!__atomic_compare_exchange_n(&ring->head, &head, head + skip + bytes, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) continue;
      if (skip) {
        struct sh_event *padding = (struct sh_event *)(ring->data + at);
        padding->bytes = skip;
        __atomic_store_n(&padding->state, SH_PADDING, __ATOMIC_RELEASE);
      }
      if (head + skip + bytes - tail > SH_RING_BYTES / 2 && !__atomic_exchange_n(&ring->half, 1, __ATOMIC_ACQ_REL)) call_engine(SH_RING);
      return (struct sh_event *)(ring->data + ((head + skip) & (SH_RING_BYTES - 1)));
    }
    call_engine(SH_DRAIN);
  }
  vain = 1;
  __atomic_fetch_add(&ring->lost, 1, __ATOMIC_RELAXED);
  return NULL;
}

static void write_row(enum sh_op op, enum sh_seen seen, const struct name *object, uint32_t access, NTSTATUS status, const char *detail) {
  if (!ring) return;
  uint32_t names = name_bytes(object), details = detail ? (uint32_t)strlen(detail) : 0;
  const int cut = names > SH_MOST_NAME;
  if (cut) names = SH_MOST_NAME;
  if (details > SH_MOST_DETAIL) details = 0;
  // The smallest piece of padding must hold an entry's head.
  const uint32_t bytes = (uint32_t)(sizeof(struct sh_event) + names + details + 31) & ~31u;
  struct sh_event *event = reserve(bytes);
  if (!event) return;
  event->bytes = bytes;
  event->op = (uint16_t)op;
  event->verdict = (uint8_t)seen;
  event->flags = cut ? SH_EVENT_CUT : 0;
  event->tid = linux_gettid();
  event->status = status;
  event->access = access;
  event->object_bytes = write_name(object, (uint8_t *)(event + 1), names);
  event->detail_bytes = details;
  if (details) memcpy((uint8_t *)(event + 1) + event->object_bytes, detail, details);
  __atomic_store_n(&event->state, SH_FILLED, __ATOMIC_RELEASE);
}

void note(enum sh_op op, const struct name *object, uint32_t access, NTSTATUS status, const char *detail) {
  write_row(op, NT_ERROR_(status) ? SH_SEEN_ABSENT : SH_SEEN_PASSED, object, access, status, detail);
}

void note_redirected(enum sh_op op, const struct name *object, uint32_t access, NTSTATUS status) {
  write_row(op, SH_SEEN_REDIRECTED, object, access, status, NULL);
}

int seen_before(enum sh_op op, const struct name *object, NTSTATUS status) {
  enum { REMEMBERED = 1024 };
  static uint64_t seen[REMEMBERED];
  uint64_t hash = 14695981039346656037u ^ (uint64_t)op << 32 ^ (uint32_t)status;
  for (const char *c = object->prefix; *c; c++) hash = (hash ^ (uint8_t)*c) * 1099511628211u;
  for (uint32_t i = 0; i < object->chars; i++) hash = (hash ^ object->text[i]) * 1099511628211u;
  return __atomic_exchange_n(&seen[hash >> 54], hash, __ATOMIC_RELAXED) == hash;
}

static int has_bit(const uint8_t *bits, uint64_t at) { return __atomic_load_n(&bits[at / 8], __ATOMIC_ACQUIRE) >> at % 8 & 1; }

int may_ask(enum sh_op op, const struct name *object) {
  if (!ring || !(asking >> op & 1)) return 0;
  return !board || (board->ask_always >> op & 1) || has_bit(board->theirs, hash_name(object) % SH_THEIRS_BITS);
}
int may_serve(enum sh_op op, const struct name *object) {
  if (!ring || !(serving >> op & 1)) return 0;
  return !board || (board->serve_always >> op & 1) || has_bit(board->exported, (hash_name(object) >> 20) % SH_EXPORTED_BITS);
}

static void take_name(const uint8_t *text, uint32_t bytes, struct answer *answer) {
  // Private names are ASCII, made by the engine.
  if (bytes > sizeof answer->name_text / sizeof(WCHAR)) bytes = sizeof answer->name_text / sizeof(WCHAR);
  for (uint32_t i = 0; i < bytes; i++) answer->name_text[i] = text[i];
  answer->name_bytes = (USHORT)(bytes * sizeof(WCHAR));
}

struct question {
  enum sh_op op;
  uint32_t access;
  const uint64_t *extra;
  struct about about;
};

// `got` has `room` bytes for the answer and the text behind it; gives the text's bytes, or -1.
static long long ask_over(struct line *line, const struct question *question, struct sh_answer *got, uint32_t room, struct answer *answer) {
  long long size = -1;
  if (say_about(line, SH_ASK, question->op, question->access, question->extra, &question->about)) size = linux_receive(line->socket, got, room, &answer->fd);
  if (size < (long long)sizeof *got || got->say != SH_ANSWER || got->name_bytes > (uint64_t)size - sizeof *got) return hang_up(line), -1;
  answer->verdict = got->verdict;
  answer->status = got->status;
  memcpy(answer->extra, got->extra, sizeof answer->extra);
  return got->name_bytes;
}

static struct line *line_for(const struct question *question, struct answer *answer) {
  memset(answer, 0, sizeof *answer);
  answer->fd = -1;
  return may_ask(question->op, question->about.object) ? take_line() : NULL;
}

int ask(enum sh_op op, const struct name *object, uint32_t access, const uint64_t *extra, const char *detail, struct answer *answer) {
  return ask_two(op, object, NULL, access, extra, detail, answer);
}

int ask_two(enum sh_op op, const struct name *object, const struct name *second, uint32_t access, const uint64_t *extra, const char *detail, struct answer *answer) {
  const struct question question = {op, access, extra, {object, second, detail}};
  struct line *line = line_for(&question, answer);
  if (!line) return 0;
  struct {
    struct sh_answer head;
    uint8_t name[256];
  } got;
  const long long bytes = ask_over(line, &question, &got.head, sizeof got, answer);
  if (bytes > 0) take_name(got.name, (uint32_t)bytes, answer);
  leave_line(line);
  return bytes >= 0;
}

int ask_for_text(enum sh_op op, const struct name *object, const struct name *second, uint32_t access, const uint64_t *extra, struct answer *answer, struct told_text *told) {
  const struct question question = {op, access, extra, {object, second, NULL}};
  struct line *line = line_for(&question, answer);
  told->bytes = 0;
  if (!line) return 0;
  if (!line->scratch) line->scratch = linux_map(-1, SH_MOST_MESSAGE);
  struct sh_answer *got = (struct sh_answer *)line->scratch;
  const long long bytes = got ? ask_over(line, &question, got, SH_MOST_MESSAGE, answer) : -1;
  if (bytes > 0) {
    told->bytes = (uint32_t)bytes < told->room ? (uint32_t)bytes : told->room;
    memcpy(told->text, got + 1, told->bytes);
  }
  leave_line(line);
  return bytes >= 0;
}

int serve(enum sh_op op, const struct name *object, const uint64_t *extra) {
  struct line *line = may_serve(op, object) ? take_line() : NULL;
  struct sh_answer answer = {.verdict = SH_DONE};
  if (!line) return 1;
  if (!say_about(line, SH_SERVE, op, 0, extra, &(struct about){object, NULL, NULL}) || linux_receive(line->socket, &answer, sizeof answer, NULL) < (long long)sizeof answer) hang_up(line);
  leave_line(line);
  return answer.verdict != SH_BLOCKED;
}
