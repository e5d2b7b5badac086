// Setting, releasing and asking after what another VM owns: done there, over the handle's line, before the call returns.
// Where the other side is gone the stand-in is what there is.
#include "far.h"
#include "hook.h"

static NTSTATUS change(struct far_thing *far, enum sh_verb verb, const int64_t *values, LONG *before, NTSTATUS *status) {
  struct sh_sync answer;
  if (!far_may_change(far)) return *status = STATUS_ACCESS_DENIED, 1;
  if (!far_call(far, verb, values, &answer)) return 0;
  *status = answer.status;
  if (!NT_ERROR_(answer.status) && before) *before = (LONG)answer.values[0];
  return 1;
}

static struct far_thing *of_kind(HANDLE handle, enum sh_op op) {
  struct far_thing *far = far_of(handle);
  return far && far_op(far) == op ? far : NULL;
}

HOOK(NTSTATUS, NtSetEvent, (HANDLE event, LONG *before)) {
  NTSTATUS status;
  struct far_thing *far = of_kind(event, OP_EVENT_OPEN);
  return far && change(far, SH_SET, NULL, before, &status) ? status : ORIGINAL(NtSetEvent)(event, before);
}
HOOK(NTSTATUS, NtResetEvent, (HANDLE event, LONG *before)) {
  NTSTATUS status;
  struct far_thing *far = of_kind(event, OP_EVENT_OPEN);
  return far && change(far, SH_RESET, NULL, before, &status) ? status : ORIGINAL(NtResetEvent)(event, before);
}
HOOK(NTSTATUS, NtClearEvent, (HANDLE event)) {
  NTSTATUS status;
  struct far_thing *far = of_kind(event, OP_EVENT_OPEN);
  return far && change(far, SH_RESET, NULL, NULL, &status) ? status : ORIGINAL(NtClearEvent)(event);
}
HOOK(NTSTATUS, NtPulseEvent, (HANDLE event, LONG *before)) {
  NTSTATUS status;
  struct far_thing *far = of_kind(event, OP_EVENT_OPEN);
  return far && change(far, SH_PULSE, NULL, before, &status) ? status : ORIGINAL(NtPulseEvent)(event, before);
}

HOOK(NTSTATUS, NtReleaseSemaphore, (HANDLE semaphore, ULONG count, ULONG *before)) {
  NTSTATUS status;
  const int64_t values[3] = {count, 0, 0};
  struct far_thing *far = of_kind(semaphore, OP_SEMAPHORE_OPEN);
  return far && change(far, SH_RELEASE, values, (LONG *)before, &status) ? status : ORIGINAL(NtReleaseSemaphore)(semaphore, count, before);
}

HOOK(NTSTATUS, NtSetTimer, (HANDLE timer, const LARGE_INTEGER *due, void *apc, void *with, BOOLEAN resume, ULONG period, BOOLEAN *before)) {
  NTSTATUS status;
  LONG was = 0;
  struct far_thing *far = of_kind(timer, OP_TIMER_OPEN);
  if (!far) return ORIGINAL(NtSetTimer)(timer, due, apc, with, resume, period, before);
  if (apc) return STATUS_NOT_SUPPORTED;  // would have to be called in this thread by another VM's clock
  const int64_t values[3] = {due ? due->QuadPart : 0, period, 0};
  if (!change(far, SH_SET, values, &was, &status)) return STATUS_NOT_SUPPORTED;
  if (before) *before = (BOOLEAN)was;
  return status;
}
HOOK(NTSTATUS, NtCancelTimer, (HANDLE timer, BOOLEAN *before)) {
  NTSTATUS status;
  LONG was = 0;
  struct far_thing *far = of_kind(timer, OP_TIMER_OPEN);
  if (!far || !change(far, SH_RESET, NULL, &was, &status)) return ORIGINAL(NtCancelTimer)(timer, before);
  if (before) *before = (BOOLEAN)was;
  return status;
}

// True where it was asked there. Each kind's answer is laid out by its own handler.
static int query(struct far_thing *far, int class, void *into, ULONG bytes, ULONG wanted, ULONG *size, struct sh_sync *answer, NTSTATUS *status) {
  if (class != 0 || !into || bytes != wanted) return 0;
  if (!far_may_query(far)) return *status = STATUS_ACCESS_DENIED, 1;
  if (!far_call(far, SH_QUERY, NULL, answer)) return 0;
  *status = answer->status;
  if (size && !*status) *size = wanted;
  return 1;
}

struct pair {
  LONG first, second;
};

HOOK(NTSTATUS, NtQueryEvent, (HANDLE event, int class, void *into, ULONG bytes, ULONG *size)) {
  NTSTATUS status;
  struct sh_sync answer;
  struct far_thing *far = of_kind(event, OP_EVENT_OPEN);
  if (!far || !query(far, class, into, bytes, sizeof(struct pair), size, &answer, &status)) return ORIGINAL(NtQueryEvent)(event, class, into, bytes, size);
  if (!status) *(struct pair *)into = (struct pair){(LONG)answer.values[0], (LONG)answer.values[1]};
  return status;
}
HOOK(NTSTATUS, NtQuerySemaphore, (HANDLE semaphore, int class, void *into, ULONG bytes, ULONG *size)) {
  NTSTATUS status;
  struct sh_sync answer;
  struct far_thing *far = of_kind(semaphore, OP_SEMAPHORE_OPEN);
  if (!far || !query(far, class, into, bytes, sizeof(struct pair), size, &answer, &status)) return ORIGINAL(NtQuerySemaphore)(semaphore, class, into, bytes, size);
  if (!status) *(struct pair *)into = (struct pair){(LONG)answer.values[0], (LONG)answer.values[1]};
  return status;
}

struct mutex {
  LONG count;
  BOOLEAN owned, abandoned;
};
HOOK(NTSTATUS, NtQueryMutant, (HANDLE mutex, int class, void *into, ULONG bytes, ULONG *size)) {
  NTSTATUS status = ORIGINAL(NtQueryMutant)(mutex, class, into, bytes, size);
  struct sh_sync answer;
  struct far_thing *far = of_kind(mutex, OP_MUTEX_OPEN);
  // What a thread of ours holds it knows best itself.
  if (status || !far || bytes != sizeof(struct mutex) || ((struct mutex *)into)->owned) return status;
  if (query(far, class, into, bytes, sizeof(struct mutex), size, &answer, &status) && !status)
    *(struct mutex *)into = (struct mutex){(LONG)answer.values[0], FALSE, (BOOLEAN)answer.values[1]};
  return status;
}

struct timer {
  LARGE_INTEGER left;
  BOOLEAN set;
};
HOOK(NTSTATUS, NtQueryTimer, (HANDLE timer, int class, void *into, ULONG bytes, ULONG *size)) {
  NTSTATUS status;
  struct sh_sync answer;
  struct far_thing *far = of_kind(timer, OP_TIMER_OPEN);
  if (!far || !query(far, class, into, bytes, sizeof(struct timer), size, &answer, &status)) return ORIGINAL(NtQueryTimer)(timer, class, into, bytes, size);
  if (!status) *(struct timer *)into = (struct timer){{.QuadPart = answer.values[0]}, (BOOLEAN)answer.values[1]};
  return status;
}
