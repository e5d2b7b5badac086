// Mutexes, events, semaphores and timers: recorded when made and when opened by name; what is not here may be another VM's.
#include "objects.h"

#include "far.h"
#include "hook.h"
#include "registry.h"

int is_first(enum sh_op op, const struct name *name, NTSTATUS status, uint64_t sort) {
  const uint64_t extra[4] = {sort, 0, 0, 0};
  return status != STATUS_SUCCESS || serve(op, name, extra);
}

void keep_own(enum sh_op op, const struct name *name, uint64_t sort) {
  const uint64_t extra[4] = {sort, 0, 0, 1};
  serve(op, name, extra);
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

static int joined(const struct kind *kind, const struct name *name, HANDLE *made, ACCESS_MASK access, ATTRIBUTES named, NTSTATUS *status) {
  struct answer answer;
  if (!ask(kind->create, name, access_bits(access), NULL, NULL, &answer) || answer.verdict != SH_STAND_IN) return 0;
  *status = far_open(kind->open, kind->create, name, &answer, kind->stand_in, made, access, named);
  if (!*status) *status = STATUS_OBJECT_NAME_EXISTS;
  return 1;
}

// Who creates what is there already opens it, wherever it is. True where that is elsewhere.
static int created_elsewhere(const struct kind *kind, HANDLE *made, ACCESS_MASK access, ATTRIBUTES named, NTSTATUS *status) {
  struct name name;
  HANDLE here;
  if (name_object(named, &name) == PLACE_NONE || !may_ask(kind->create, &name)) return 0;
  const NTSTATUS looked = kind->here(&here, 1 /* query */, named);
  if (!looked) NtClose(here);
  return is_missing(looked) && joined(kind, &name, made, access, named, status);
}

// Where another VM made the same a moment before, that one is taken and one's own given up.
static NTSTATUS created_here(const struct kind *kind, HANDLE *made, ACCESS_MASK access, ATTRIBUTES named, NTSTATUS status, uint64_t sort) {
  struct name name;
  NTSTATUS there;
  if (name_object(named, &name) == PLACE_NONE) return status;
  if (!is_first(kind->create, &name, status, sort)) {
    HANDLE theirs;
    if (joined(kind, &name, &theirs, access, named, &there) && !NT_ERROR_(there)) {
      NtClose(*made);
      *made = theirs;
      return there;
    }
    keep_own(kind->create, &name, sort);
  }
  note(kind->create, &name, access_bits(access), status, NULL);
  return status;
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
  return created_here(MUTEX, made, access, named, status, 0);
}
HOOK(NTSTATUS, NtCreateEvent, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type, BOOLEAN set)) {
  NTSTATUS status;
  if (created_elsewhere(EVENT, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateEvent)(made, access, named, type, set);
  return created_here(EVENT, made, access, named, status, 0);
}
HOOK(NTSTATUS, NtCreateSemaphore, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, LONG count, LONG most)) {
  NTSTATUS status;
  if (created_elsewhere(SEMAPHORE, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateSemaphore)(made, access, named, count, most);
  return created_here(SEMAPHORE, made, access, named, status, 0);
}
HOOK(NTSTATUS, NtCreateTimer, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type)) {
  NTSTATUS status;
  if (created_elsewhere(TIMER, made, access, named, &status)) return status;
  status = ORIGINAL(NtCreateTimer)(made, access, named, type);
  // Nobody can ask a timer later whether it stays set.
  return created_here(TIMER, made, access, named, status, (uint64_t)type);
}

HOOK(NTSTATUS, NtClose, (HANDLE handle)) {
  forget_folder(handle);
  far_forget(handle);
  forget_key(handle);
  return ORIGINAL(NtClose)(handle);
}
