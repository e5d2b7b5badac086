// Mutexes, events, semaphores, timers and sections: recorded when made and when opened by name.
#include "hook.h"
#include "line.h"

static int is_missing(NTSTATUS status) { return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND; }

static void note_made(enum sh_op op, ATTRIBUTES named, ACCESS_MASK access, NTSTATUS status) {
  struct name name;
  if (name_object(named, &name) == PLACE_NONE) return;
  if (status == STATUS_SUCCESS) serve(op, &name, NULL);
  note(op, &name, access_bits(access), status, NULL);
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
  note_made(OP_MUTEX_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenMutant, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_MUTEX_OPEN, named, access, ORIGINAL(NtOpenMutant)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateEvent, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type, BOOLEAN set)) {
  const NTSTATUS status = ORIGINAL(NtCreateEvent)(made, access, named, type, set);
  note_made(OP_EVENT_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenEvent, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_EVENT_OPEN, named, access, ORIGINAL(NtOpenEvent)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateSemaphore, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, LONG count, LONG most)) {
  const NTSTATUS status = ORIGINAL(NtCreateSemaphore)(made, access, named, count, most);
  note_made(OP_SEMAPHORE_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenSemaphore, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_SEMAPHORE_OPEN, named, access, ORIGINAL(NtOpenSemaphore)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateTimer, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, int type)) {
  const NTSTATUS status = ORIGINAL(NtCreateTimer)(made, access, named, type);
  note_made(OP_TIMER_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenTimer, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_TIMER_OPEN, named, access, ORIGINAL(NtOpenTimer)(opened, access, named));
}

HOOK(NTSTATUS, NtCreateSection, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, const LARGE_INTEGER *size, ULONG protect, ULONG flags, HANDLE file)) {
  const NTSTATUS status = ORIGINAL(NtCreateSection)(made, access, named, size, protect, flags, file);
  note_made(OP_MEMORY_CREATE, named, access, status);
  return status;
}
HOOK(NTSTATUS, NtOpenSection, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  return note_opened(OP_MEMORY_OPEN, named, access, ORIGINAL(NtOpenSection)(opened, access, named));
}

HOOK(NTSTATUS, NtClose, (HANDLE handle)) {
  forget_folder(handle);
  return ORIGINAL(NtClose)(handle);
}
