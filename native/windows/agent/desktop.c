// Keeps the desktop while programs have windows on it. Wine's server closes one when only threads of explorer's, which owns
// its window, are left on it: when a thread goes it compares how many are left with how many explorer has. A thread of
// explorer's own is gone from the first number and still in the second, so where a program's only thread is there besides,
// they are equal: a second later the desktop closes, that program's windows die, and what comes afterwards is on another
// desktop. Only a thread that comes within that second keeps it. So in explorer one comes after each that goes, and stays.
#include "hook.h"

#define CURRENT ((HANDLE)(LONG_PTR)-1)
#define CURRENT_THREAD ((HANDLE)(LONG_PTR)-2)
#define STACK_BYTES 0x10000
#define MOST_KEPT 32  // each costs two threads that sleep; a desktop's explorer ends a few while it starts

NTSYSAPI NTSTATUS NTAPI NtCreateThreadEx(HANDLE *, ACCESS_MASK, ATTRIBUTES, HANDLE, void *, void *, ULONG, SIZE_T, SIZE_T, SIZE_T, void *);
NTSYSAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI NtDelayExecution(BOOLEAN, const LARGE_INTEGER *);

static int is_explorer(void) {
  static const char name[] = "\\explorer.exe";
  const UNICODE_STRING *image = &NtCurrentTeb()->ProcessEnvironmentBlock->ProcessParameters->ImagePathName;
  const uint32_t chars = image->Length / sizeof(WCHAR), wanted = sizeof name - 1;
  if (chars < wanted) return 0;
  for (uint32_t i = 0; i < wanted; i++)
    if ((image->Buffer[chars - wanted + i] | 0x20) != (name[i] | 0x20)) return 0;
  return 1;
}

static void start(DWORD(WINAPI *what)(void *), void *with) {
  HANDLE made;
  if (!NtCreateThreadEx(&made, THREAD_ALL_ACCESS, NULL, CURRENT, (void *)what, with, 0, 0, STACK_BYTES, STACK_BYTES, NULL)) NtClose(made);
}

__attribute__((noreturn)) static DWORD WINAPI stay(void *unused) {
  const LARGE_INTEGER day = {.QuadPart = -864000000000};
  (void)unused;
  for (;;) NtDelayExecution(FALSE, &day);
}
static DWORD WINAPI come_after(void *thread) {
  NtWaitForSingleObject(thread, FALSE, NULL);
  NtClose(thread);
  start(stay, NULL);
  stay(NULL);
}

HOOK(NTSTATUS, NtTerminateThread, (HANDLE thread, NTSTATUS exit)) {
  static LONG kept;
  HANDLE self;
  if (thread == CURRENT_THREAD && is_explorer() && InterlockedIncrement(&kept) <= MOST_KEPT && !NtDuplicateObject(CURRENT, CURRENT_THREAD, CURRENT, &self, SYNCHRONIZE, 0, 0))
    start(come_after, self);
  return ORIGINAL(NtTerminateThread)(thread, exit);
}
