// Whether this VM has a window that another one looks for; and the kind's entry.
#include "window.h"

#include <string.h>

static int is_ours(HWND window) {
  DWORD process = 0;
  GetWindowThreadProcessId(window, &process);
  return process == GetCurrentProcessId();
}

static void look(struct order *order) {
  const uint64_t how = order->said.extra[0];
  const HWND parent = (HWND)(ULONG_PTR)order->said.extra[1];
  const WCHAR *class = how & SH_BY_CLASS ? order->name : NULL;
  HWND found = (HWND)(ULONG_PTR)order->said.extra[2];
  const WCHAR *title = how & SH_BY_TITLE ? second_text(order) : NULL;
  // What stands here for others' windows is theirs.
  do found = FindWindowExW(parent, found, class, title);
  while (found && is_ours(found));
  if (!found) return report(order, STATUS_OBJECT_NAME_NOT_FOUND);
  WCHAR text[MOST_CLASS + MOST_TITLE];
  char bytes[3 * (MOST_CLASS + MOST_TITLE)];
  int chars = GetClassNameW(found, text, MOST_CLASS);
  text[chars++] = 0;
  const int titled = InternalGetWindowText(found, text + chars, MOST_TITLE);
  order->report.extra[0] = (uint64_t)(ULONG_PTR)found;
  report_text(order, STATUS_SUCCESS, bytes, to_bytes(text, (uint32_t)(chars + (titled > 0 ? titled : 0)), bytes, sizeof bytes));
}

void obey_window(struct order *order) {
  if (order->said.say == SH_WAIT) return look(order);
  if (order->said.say == SH_OPEN && order->channel >= 0) return serve_real(order);
  if (order->said.say == SH_STAND && order->channel >= 0) return stand_in_window(order);
  report(order, STATUS_NOT_IMPLEMENTED);
}
