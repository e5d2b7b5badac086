#include "far.h"

#include <string.h>

#include "../linux.h"

#define MOST_THINGS 4096   // open at once in one process
#define MOST_HANDLES 8192  // a power of two
#define LINES 16
#define KEPT_NAME 256      // characters; of a longer name there is one line only
#define ANOTHER_LINE 1     // extra[0] of a question

struct far_line {
  LONG busy;
  int socket;  // 0: none yet
};
struct far_thing {
  LONG handles;  // 0: free
  enum sh_op op, asked;  // the kind; what it was asked for with, open or create
  ACCESS_MASK access;
  LONG gone;  // the other side is
  struct far_line lines[LINES];
  const char *prefix;
  uint32_t chars;  // 0: the name was too long to keep
  WCHAR text[KEPT_NAME];
};
static struct far_thing *things;

static struct handle {
  HANDLE handle;  // null: free; kDropped: free, and others may lie behind
  struct far_thing *far;
} handles[MOST_HANDLES];
static const HANDLE kDropped = (HANDLE)(LONG_PTR)-2;
static LONG known, changing;

NTSYSAPI NTSTATUS NTAPI NtYieldExecution(void);

static void lock(void) {
  while (InterlockedExchange(&changing, 1)) NtYieldExecution();
}
static void unlock(void) { __atomic_store_n(&changing, 0, __ATOMIC_RELEASE); }

static uint32_t first_place(HANDLE handle) { return (uint32_t)((ULONG_PTR)handle >> 2) & (MOST_HANDLES - 1); }

static struct handle *find(HANDLE handle) {
  uint32_t at = first_place(handle);
  for (uint32_t tried = 0; tried < MOST_HANDLES; tried++, at = (at + 1) & (MOST_HANDLES - 1)) {
    const HANDLE there = __atomic_load_n(&handles[at].handle, __ATOMIC_ACQUIRE);
    if (there == handle) return &handles[at];
    if (!there) return NULL;
  }
  return NULL;
}

struct far_thing *far_of(HANDLE handle) {
  if (!known || !handle || handle == kDropped) return NULL;
  struct handle *found = find(handle);
  return found ? found->far : NULL;
}

static int remember(HANDLE handle, struct far_thing *far) {
  uint32_t at = first_place(handle);
  if (known > MOST_HANDLES / 2) return 0;
  while (handles[at].handle && handles[at].handle != kDropped) at = (at + 1) & (MOST_HANDLES - 1);
  handles[at].far = far;
  __atomic_store_n(&handles[at].handle, handle, __ATOMIC_RELEASE);
  far->handles++;
  known++;
  return 1;
}

static void close_lines(struct far_thing *far) {
  for (int i = 0; i < LINES; i++) {
    if (far->lines[i].socket > 0) linux_close(far->lines[i].socket);
    far->lines[i].socket = 0;
  }
}

void far_forget(HANDLE handle) {
  if (!far_of(handle)) return;
  lock();
  struct handle *found = find(handle);
  if (found) {
    struct far_thing *far = found->far;
    __atomic_store_n(&found->handle, kDropped, __ATOMIC_RELEASE);
    known--;
    if (far->handles == 1) close_lines(far);
    far->handles--;
  }
  unlock();
}

void far_copy(HANDLE from, HANDLE to) {
  if (!far_of(from)) return;
  lock();
  struct handle *found = find(from);
  if (found) remember(to, found->far);
  unlock();
}

static struct far_thing *make(enum sh_op op, enum sh_op asked, const struct name *name, ACCESS_MASK access, int line, HANDLE handle) {
  struct far_thing *far = NULL;
  lock();
  if (!things) things = linux_map(-1, MOST_THINGS * sizeof *things);
  for (uint32_t i = 0; things && !far && i < MOST_THINGS; i++)
    if (!things[i].handles) far = &things[i];
  if (far) {
    memset(far->lines, 0, sizeof far->lines);
    far->op = op;
    far->asked = asked;
    far->access = access;
    far->gone = 0;
    far->lines[0].socket = line;
    far->prefix = name->prefix;
    far->chars = name->chars <= KEPT_NAME ? name->chars : 0;
    memcpy(far->text, name->text, far->chars * sizeof(WCHAR));
    if (!remember(handle, far)) far = NULL;
  }
  unlock();
  return far;
}

NTSTATUS far_open(enum sh_op op, enum sh_op asked, const struct name *name, const struct answer *answer, far_opener open, HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named) {
  UNICODE_STRING text = {answer->name_bytes, answer->name_bytes, (WCHAR *)answer->name_text};
  OBJECT_ATTRIBUTES there = *named;
  there.RootDirectory = NULL;
  there.ObjectName = &text;
  NTSTATUS status = answer->fd < 0 ? STATUS_INSUFFICIENT_RESOURCES : open(opened, access, &there);
  if (!status && make(op, asked, name, access, answer->fd, *opened)) return status;
  if (!status) NtClose(*opened);
  if (answer->fd >= 0) linux_close(answer->fd);
  return status ? status : STATUS_INSUFFICIENT_RESOURCES;
}

enum sh_op far_op(const struct far_thing *far) { return far->op; }
// EVENT_QUERY_STATE is 1 and EVENT_MODIFY_STATE 2, and so for the other kinds.
int far_may_change(const struct far_thing *far) { return (far->access & (2 | GENERIC_WRITE | GENERIC_ALL | MAXIMUM_ALLOWED)) != 0; }
int far_may_query(const struct far_thing *far) { return (far->access & (1 | GENERIC_READ | GENERIC_ALL | MAXIMUM_ALLOWED)) != 0; }
static int open_another(const struct far_thing *far) {
  const struct name name = {far->prefix, far->text, far->chars};
  const uint64_t extra[4] = {ANOTHER_LINE, 0, 0, 0};
  struct answer answer;
  if (!far->chars || !ask(far->asked, &name, 0, extra, NULL, &answer)) return 0;
  return answer.fd > 0 ? answer.fd : 0;
}

// The first two lines are for calls that are short.
#define SHORT 2

static struct far_line *try_lines(struct far_thing *far, int from, int to) {
  for (int i = from; i < to && !far->gone; i++) {
    struct far_line *line = &far->lines[i];
    if (InterlockedExchange(&line->busy, 1)) continue;
    if (line->socket > 0 || (line->socket = open_another(far)) > 0) return line;
    line->busy = 0;
    return NULL;
  }
  return NULL;
}

static struct far_line *take_line(struct far_thing *far) {
  struct far_line *line = NULL;
  while (!far->gone && !(line = try_lines(far, 0, SHORT))) NtYieldExecution();
  return line;
}

static void leave_line(struct far_thing *far, struct far_line *line, int whole) {
  if (!whole) far->gone = 1;
  __atomic_store_n(&line->busy, 0, __ATOMIC_RELEASE);
}

static int call_over(struct far_thing *far, struct far_line *line, enum sh_verb verb, const int64_t *values, struct sh_sync *answer) {
  struct sh_sync said = {(uint16_t)verb, 0, 0, {0, 0, 0}};
  if (!line) return 0;
  if (values) memcpy(said.values, values, sizeof said.values);
  const int whole = linux_send(line->socket, &said, sizeof said, NULL, 0, 0) == 0 && linux_receive(line->socket, answer, sizeof *answer, NULL) == sizeof *answer;
  leave_line(far, line, whole);
  return whole;
}

int far_call(struct far_thing *far, enum sh_verb verb, const int64_t *values, struct sh_sync *answer) {
  return call_over(far, take_line(far), verb, values, answer);
}

int far_wait(struct far_thing *far, int64_t timeout, struct sh_sync *answer) {
  const int64_t values[3] = {timeout, 0, 0};
  return call_over(far, far->chars ? try_lines(far, SHORT, LINES) : NULL, SH_TAKE_NOW, values, answer);
}

void far_tell(struct far_thing *far, enum sh_verb verb, uint16_t flags) {
  const struct sh_sync said = {(uint16_t)verb, flags, 0, {0, 0, 0}};
  struct far_line *line = take_line(far);
  if (line) leave_line(far, line, linux_send(line->socket, &said, sizeof said, NULL, 0, 0) == 0);
}
