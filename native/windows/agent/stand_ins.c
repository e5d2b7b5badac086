// Which windows are the dock's: they stand for windows of other VMs.
#include "export.h"
#include "hook.h"
#include "line.h"
#include "windows.h"


USE(HANDLE, NtUserGetProp, (HWND window, const WCHAR *name));

DWORD *last_error(void) { return (DWORD *)((void **)NtCurrentTeb() + 13); }

// win32u's own call for it has no fixed number.
static ULONG_PTR process_of(HWND window) {
  typedef DWORD(WINAPI * asking)(HWND, DWORD *);
  static asking ask_user32;
  DWORD process = 0;
  if (!ask_user32 && user32) ask_user32 = (asking)(ULONG_PTR)find_export(user32, "GetWindowThreadProcessId");
  if (ask_user32) ask_user32(window, &process);
  return process;
}

int is_foreign(HWND window) {
  const ULONG_PTR process = process_of(window);
  return process && process != own_pid();
}

// The mark is asked for where the last answer does not tell: asking takes a round trip to the Wine server.
int is_stand_in(HWND window) {
  static ULONG_PTR dock;
  static HWND plain;
  const ULONG_PTR process = process_of(window);
  if (!process || process == own_pid() || window == plain) return 0;
  if (process == dock) return 1;
  if (!ORIGINAL(NtUserGetProp)) return 0;
  const int marked = ORIGINAL(NtUserGetProp)(window, STAND_IN_MARK) != NULL;
  if (marked) dock = process;
  else plain = window;
  return marked;
}
