// What is done to a mutex, an event, a semaphore or a timer that this VM owns.
#include "share.h"

NTSYSAPI NTSTATUS NTAPI NtOpenMutant(HANDLE *, ACCESS_MASK, const OBJECT_ATTRIBUTES *);
NTSYSAPI NTSTATUS NTAPI NtOpenEvent(HANDLE *, ACCESS_MASK, const OBJECT_ATTRIBUTES *);
NTSYSAPI NTSTATUS NTAPI NtOpenSemaphore(HANDLE *, ACCESS_MASK, const OBJECT_ATTRIBUTES *);
NTSYSAPI NTSTATUS NTAPI NtOpenTimer(HANDLE *, ACCESS_MASK, const OBJECT_ATTRIBUTES *);
NTSYSAPI NTSTATUS NTAPI NtSetEvent(HANDLE, LONG *);
NTSYSAPI NTSTATUS NTAPI NtResetEvent(HANDLE, LONG *);
NTSYSAPI NTSTATUS NTAPI NtPulseEvent(HANDLE, LONG *);
NTSYSAPI NTSTATUS NTAPI NtReleaseSemaphore(HANDLE, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtSetTimer(HANDLE, const LARGE_INTEGER *, void *, void *, BOOLEAN, ULONG, BOOLEAN *);
NTSYSAPI NTSTATUS NTAPI NtCancelTimer(HANDLE, BOOLEAN *);
NTSYSAPI NTSTATUS NTAPI NtQueryEvent(HANDLE, int, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtQuerySemaphore(HANDLE, int, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtQueryMutant(HANDLE, int, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtQueryTimer(HANDLE, int, void *, ULONG, ULONG *);

NTSTATUS open_real(struct order *order, HANDLE *real, int *manual) {
  struct object_name object;
  if (!object_of(order, &object)) return STATUS_OBJECT_NAME_NOT_FOUND;
  *manual = 0;
  switch (order->said.op) {
    case OP_MUTEX_OPEN: return NtOpenMutant(real, MUTEX_ALL_ACCESS, &object.attributes);
    case OP_SEMAPHORE_OPEN: return NtOpenSemaphore(real, SEMAPHORE_ALL_ACCESS, &object.attributes);
    case OP_TIMER_OPEN:
      *manual = order->said.extra[2] == 0;  // as its maker said: NotificationTimer
      return NtOpenTimer(real, TIMER_ALL_ACCESS, &object.attributes);
    case OP_EVENT_OPEN: {
      struct {
        int type;
        LONG set;
      } about = {1, 0};
      const NTSTATUS status = NtOpenEvent(real, EVENT_ALL_ACCESS, &object.attributes);
      if (!status && !NtQueryEvent(*real, 0, &about, sizeof about, NULL)) *manual = about.type == 0;  // NotificationEvent
      return status;
    }
    default: return STATUS_NOT_IMPLEMENTED;
  }
}

static NTSTATUS set(uint32_t op, HANDLE real, const struct sh_sync *said, struct sh_sync *answer) {
  LONG before = 0;
  BOOLEAN was = FALSE;
  NTSTATUS status = STATUS_NOT_IMPLEMENTED;
  if (op == OP_EVENT_OPEN) {
    status = said->verb == SH_SET ? NtSetEvent(real, &before) : said->verb == SH_PULSE ? NtPulseEvent(real, &before) : NtResetEvent(real, &before);
  } else if (op == OP_TIMER_OPEN) {
    const LARGE_INTEGER due = {.QuadPart = said->values[0]};
    status = said->verb == SH_SET ? NtSetTimer(real, &due, NULL, NULL, FALSE, (ULONG)said->values[1], &was) : NtCancelTimer(real, &was);
    before = was;
  }
  answer->values[0] = before;
  return status;
}

static NTSTATUS query(uint32_t op, HANDLE real, struct sh_sync *answer) {
  struct {
    LONG first, second;
  } pair = {0, 0};
  struct {
    LONG count;
    BOOLEAN owned, abandoned;
  } mutex = {0, 0, 0};
  struct {
    LARGE_INTEGER left;
    BOOLEAN set;
  } timer = {{.QuadPart = 0}, 0};
  NTSTATUS status = STATUS_NOT_IMPLEMENTED;
  if (op == OP_EVENT_OPEN) status = NtQueryEvent(real, 0, &pair, sizeof pair, NULL);
  if (op == OP_SEMAPHORE_OPEN) status = NtQuerySemaphore(real, 0, &pair, sizeof pair, NULL);
  if (op == OP_MUTEX_OPEN) status = NtQueryMutant(real, 0, &mutex, sizeof mutex, NULL);
  if (op == OP_TIMER_OPEN) status = NtQueryTimer(real, 0, &timer, sizeof timer, NULL);
  answer->values[0] = op == OP_MUTEX_OPEN ? mutex.count : op == OP_TIMER_OPEN ? timer.left.QuadPart : pair.first;
  answer->values[1] = op == OP_MUTEX_OPEN ? mutex.abandoned : op == OP_TIMER_OPEN ? timer.set : pair.second;
  return status;
}

NTSTATUS do_verb(uint32_t op, HANDLE real, const struct sh_sync *said, struct sh_sync *answer) {
  ULONG before = 0;
  NTSTATUS status;
  switch (said->verb) {
    case SH_SET:
    case SH_RESET:
    case SH_PULSE: return set(op, real, said, answer);
    case SH_QUERY: return query(op, real, answer);
    case SH_RELEASE:
      if (op != OP_SEMAPHORE_OPEN) return STATUS_NOT_IMPLEMENTED;
      status = NtReleaseSemaphore(real, (ULONG)said->values[0], &before);
      answer->values[0] = before;
      return status;
    default: return STATUS_NOT_IMPLEMENTED;
  }
}

void put_back(struct share *share) {
  if (share->manual) return;
  if (share->op == OP_EVENT_OPEN) NtSetEvent(share->real, NULL);
  if (share->op == OP_SEMAPHORE_OPEN) NtReleaseSemaphore(share->real, 1, NULL);
  if (share->op == OP_TIMER_OPEN) share->stash = 1;
}
