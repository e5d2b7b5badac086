// Mutexes, events, semaphores and timers: recorded when made and when opened by name.
#include "objects.h"

#include "hook.h"

void note_made(enum sh_op op, const struct name *name, ACCESS_MASK access, NTSTATUS status) {
  if (status == STATUS_SUCCESS) serve(op, name, NULL);
  note(op, name, access_bits(access), status, NULL);
}

static void note_create(enum sh_op op, ATTRIBUTES named, ACCESS_MASK access, NTSTATUS status) {
  struct name name;
  if (name_object(named, &name) != PLACE_NONE) note_made(op, &name, access, status);
}

static NTSTATUS note_opened(enum sh_op op, ATTRIBUTES named, ACCESS_MASK access, NTSTATUS status) {
  struct name name;
  struct answer answer;
  if (name_object(named, &name) == PLACE_NONE) return status;
  // The engine records what was asked.
  if (is_missing(status) && ask(op, &name, access_bits(access), NULL, NULL, &answer)) return answer.status ? answer.status : status;
  note(op, &name, access_bits(access), status, NULL);
  return status;
}

HOOK(NTSTATUS, NtCreateMutant, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, BOOLEAN owned)) {
  const NTSTATUS status = ORIGINAL(NtCreateMutant)(made, access, named, owned);
  note_create(OP_MUTEX_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenMutant, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_MUTEX_OPEN, named, access, ORIGINAL(NtOpenMutant)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateEvent, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type, BOOLEAN set)) {
  const NTSTATUS status = ORIGINAL(NtCreateEvent)(made, access, named, type, set);
  note_create(OP_EVENT_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenEvent, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_EVENT_OPEN, named, access, ORIGINAL(NtOpenEvent)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateSemaphore, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, LONG count, LONG most)) {
  const NTSTATUS status = ORIGINAL(NtCreateSemaphore)(made, access, named, count, most);
  note_create(OP_SEMAPHORE_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenSemaphore, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_SEMAPHORE_OPEN, named, access, ORIGINAL(NtOpenSemaphore)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateTimer, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type)) {
  const NTSTATUS status = ORIGINAL(NtCreateTimer)(made, access, named, type);
  note_create(OP_TIMER_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenTimer, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_TIMER_OPEN, named, access, ORIGINAL(NtOpenTimer)(opened, access, named));
}

HOOK(NTSTATUS, NtClose, (HANDLE handle)) {
  forget_folder(handle);
  return ORIGINAL(NtClose)(handle);
}
