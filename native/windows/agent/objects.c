// Mutexes, events, semaphores and timers: recorded when made and when opened by name; what is not here may be another VM's.
#include "objects.h"

#include "far.h"
#include "hook.h"
#include "registry.h"

void note_made(enum sh_op op, const struct name *name, ACCESS_MASK access, NTSTATUS status) { note_made_as(op, name, access, status, 0); }

void note_made_as(enum sh_op op, const struct name *name, ACCESS_MASK access, NTSTATUS status, uint64_t sort) {
  const uint64_t extra[4] = {sort, 0, 0, 0};
  if (status == STATUS_SUCCESS) serve(op, name, extra);
  note(op, name, access_bits(access), status, NULL);
}

// What a kind is opened with: here, and its stand-in.
struct kind {
  enum sh_op create, open;
  far_opener here, stand_in;
};

static NTSTATUS opened_here(const struct kind *kind, HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named, NTSTATUS status) {
  struct name name;
  struct answer answer;
  if (name_object(named, &name) == PLACE_NONE) return status;
  if (!is_missing(status) || !ask(kind->open, &name, access_bits(access), NULL, NULL, &answer)) {
    note(kind->open, &name, access_bits(access), status, NULL);
    return status;
  }
  // The engine records what was asked.
  if (answer.verdict == SH_STAND_IN) return far_open(kind->open, kind->open, &name, &answer, kind->stand_in, opened, access, named);
  return answer.status ? answer.status : status;
}

// Who creates what is there already opens it, wherever it is. True where that is elsewhere.
static int created_elsewhere(const struct kind *kind, HANDLE *made, ACCESS_MASK access, ATTRIBUTES named, NTSTATUS *status) {
  struct name name;
  struct answer answer;
  HANDLE here;
  if (name_object(named, &name) == PLACE_NONE || !may_ask(kind->create, &name)) return 0;
  const NTSTATUS looked = kind->here(&here, 1 /* query */, named);
  if (!looked) NtClose(here);
  if (!is_missing(looked) || !ask(kind->create, &name, access_bits(access), NULL, NULL, &answer) || answer.verdict != SH_STAND_IN) return 0;
  *status = far_open(kind->open, kind->create, &name, &answer, kind->stand_in, made, access, named);
  if (!*status) *status = STATUS_OBJECT_NAME_EXISTS;
  return 1;
}

static void created_here(const struct kind *kind, ATTRIBUTES named, ACCESS_MASK access, NTSTATUS status, uint64_t sort) {
  struct name name;
  if (name_object(named, &name) != PLACE_NONE) note_made_as(kind->create, &name, access, status, sort);
}

HOOK(NTSTATUS, NtOpenMutant, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named));
HOOK(NTSTATUS, NtOpenEvent, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named));
HOOK(NTSTATUS, NtOpenSemaphore, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named));
HOOK(NTSTATUS, NtOpenTimer, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named));

#define MUTEX (&(struct kind){OP_MUTEX_CREATE, OP_MUTEX_OPEN, ORIGINAL(NtOpenMutant), ORIGINAL(NtOpenMutant)})
#define EVENT (&(struct kind){OP_EVENT_CREATE, OP_EVENT_OPEN, ORIGINAL(NtOpenEvent), ORIGINAL(NtOpenEvent)})
#define SEMAPHORE (&(struct kind){OP_SEMAPHORE_CREATE, OP_SEMAPHORE_OPEN, ORIGINAL(NtOpenSemaphore), ORIGINAL(NtOpenSemaphore)})
// An event stands in for a timer: it can be set by others than the clock.
#define TIMER (&(struct kind){OP_TIMER_CREATE, OP_TIMER_OPEN, ORIGINAL(NtOpenTimer), ORIGINAL(NtOpenEvent)})

static NTSTATUS NTAPI on_NtOpenMutant(HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named) {
  return opened_here(MUTEX, opened, access, named, ORIGINAL(NtOpenMutant)(opened, access, named));
}
static NTSTATUS NTAPI on_NtOpenEvent(HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named) {
  return opened_here(EVENT, opened, access, named, ORIGINAL(NtOpenEvent)(opened, access, named));
}
static NTSTATUS NTAPI on_NtOpenSemaphore(HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named) {
  return opened_here(SEMAPHORE, opened, access, named, ORIGINAL(NtOpenSemaphore)(opened, access, named));
}
static NTSTATUS NTAPI on_NtOpenTimer(HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named) {
  return opened_here(TIMER, opened, access, named, ORIGINAL(NtOpenTimer)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateMutant, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, BOOLEAN owned)) {
  NTSTATUS status;
  if (created_elsewhere(MUTEX, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateMutant)(made, access, named, owned);
  created_here(MUTEX, named, access, status, 0);
  return status;
}
HOOK(NTSTATUS, NtCreateEvent, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type, BOOLEAN set)) {
  NTSTATUS status;
  if (created_elsewhere(EVENT, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateEvent)(made, access, named, type, set);
  created_here(EVENT, named, access, status, 0);
  return status;
}
HOOK(NTSTATUS, NtCreateSemaphore, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, LONG count, LONG most)) {
  NTSTATUS status;
  if (created_elsewhere(SEMAPHORE, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateSemaphore)(made, access, named, count, most);
  created_here(SEMAPHORE, named, access, status, 0);
  return status;
}
HOOK(NTSTATUS, NtCreateTimer, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type)) {
  NTSTATUS status;
  if (created_elsewhere(TIMER, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateTimer)(made, access, named, type);
  // Nobody can ask a timer later whether it stays set.
  created_here(TIMER, named, access, status, (uint64_t)type);
  return status;
}

HOOK(NTSTATUS, NtClose, (HANDLE handle)) {
  forget_folder(handle);
  far_forget(handle);
  forget_key(handle);
  return ORIGINAL(NtClose)(handle);
}
