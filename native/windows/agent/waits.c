// Waiting for what another VM owns. Alone, and in a way that nothing interrupts, the owner's dock is asked to wait and
// says when it has it. Otherwise - with other things beside it, alertable, by a mutex's rules - Wine's own wait works on
// the stand-in, and the dock is told that somebody waits, and when that has ended.
#include "far.h"
#include "hook.h"

#define MOST MAXIMUM_WAIT_OBJECTS

HOOK(NTSTATUS, NtWaitForSingleObject, (HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout));
HOOK(NTSTATUS, NtWaitForMultipleObjects, (ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable, const LARGE_INTEGER *timeout));

// 100 ns from now; INT64_MAX: for ever.
static int64_t from_now(const LARGE_INTEGER *timeout) {
  if (!timeout || timeout->QuadPart == INT64_MIN || timeout->QuadPart == INT64_MAX) return INT64_MAX;
  if (timeout->QuadPart <= 0) return -timeout->QuadPart;
  LARGE_INTEGER now;
  NtQuerySystemTime(&now);
  return timeout->QuadPart > now.QuadPart ? timeout->QuadPart - now.QuadPart : 0;
}

static int begin(ULONG count, const HANDLE *handles) {
  int any = 0;
  struct sh_sync answer;
  for (ULONG i = 0; i < count && i < MOST; i++) {
    struct far_thing *far = far_of(handles[i]);
    if (far) any = 1, far_call(far, SH_WANT, NULL, &answer);
  }
  return any;
}

// Which of them a wait that ended so has taken: one by its number, or all.
static int took(NTSTATUS status, ULONG which, ULONG count, ULONG any) {
  if (status < 0) return 0;
  const ULONG base = status >= STATUS_ABANDONED_WAIT_0 && status < STATUS_ABANDONED_WAIT_0 + MOST ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0;
  return any ? (ULONG)status == base + which : (ULONG)status - base < count;
}

static void end(ULONG count, const HANDLE *handles, ULONG any, NTSTATUS status) {
  for (ULONG i = 0; i < count && i < MOST; i++) {
    struct far_thing *far = far_of(handles[i]);
    if (far) far_tell(far, SH_UNWANT, took(status, i, count, any) ? SH_TAKEN : 0);
  }
}

static NTSTATUS NTAPI on_NtWaitForSingleObject(HANDLE handle, BOOLEAN alertable, const LARGE_INTEGER *timeout) {
  struct far_thing *far = far_of(handle);
  struct sh_sync answer;
  if (!far) return ORIGINAL(NtWaitForSingleObject)(handle, alertable, timeout);
  if (!alertable && far_op(far) != OP_MUTEX_OPEN && far_wait(far, from_now(timeout), &answer)) return answer.status;
  begin(1, &handle);
  const NTSTATUS status = ORIGINAL(NtWaitForSingleObject)(handle, alertable, timeout);
  end(1, &handle, 1, status);
  return status;
}

static NTSTATUS NTAPI on_NtWaitForMultipleObjects(ULONG count, const HANDLE *handles, ULONG any, BOOLEAN alertable, const LARGE_INTEGER *timeout) {
  if (count == 1 && far_of(*handles)) return on_NtWaitForSingleObject(*handles, alertable, timeout);
  const int far = begin(count, handles);
  const NTSTATUS status = ORIGINAL(NtWaitForMultipleObjects)(count, handles, any, alertable, timeout);
  if (far) end(count, handles, any, status);
  return status;
}

// The window system's, which does not come by the call above.
HOOK(ULONG, NtUserMsgWaitForMultipleObjectsEx, (ULONG count, const HANDLE *handles, ULONG timeout, ULONG mask, ULONG flags)) {
  const int far = begin(count, handles);
  const ULONG got = ORIGINAL(NtUserMsgWaitForMultipleObjectsEx)(count, handles, timeout, mask, flags);
  // With MWMO_WAITALL the message queue is one more of all.
  if (far) end(count, handles, !(flags & 1), got == WAIT_FAILED ? -1 : (NTSTATUS)got);
  return got;
}

NTSYSAPI NTSTATUS NTAPI NtSetEvent(HANDLE, LONG *);
NTSYSAPI NTSTATUS NTAPI NtReleaseSemaphore(HANDLE, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtReleaseMutant(HANDLE, LONG *);

static NTSTATUS signal_one(HANDLE handle, const struct far_thing *far) {
  if (far_op(far) == OP_EVENT_OPEN) return NtSetEvent(handle, NULL);
  if (far_op(far) == OP_SEMAPHORE_OPEN) return NtReleaseSemaphore(handle, 1, NULL);
  return far_op(far) == OP_MUTEX_OPEN ? NtReleaseMutant(handle, NULL) : STATUS_OBJECT_TYPE_MISMATCH;
}

HOOK(NTSTATUS, NtSignalAndWaitForSingleObject, (HANDLE signalled, HANDLE waited, BOOLEAN alertable, const LARGE_INTEGER *timeout)) {
  const struct far_thing *far = far_of(signalled);
  if (far) {
    const NTSTATUS status = signal_one(signalled, far);
    return status ? status : on_NtWaitForSingleObject(waited, alertable, timeout);
  }
  const int waits = begin(1, &waited);
  const NTSTATUS status = ORIGINAL(NtSignalAndWaitForSingleObject)(signalled, waited, alertable, timeout);
  if (waits) end(1, &waited, 1, status);
  return status;
}
