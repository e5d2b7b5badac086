// Windows, messages, hooks and input: recorded where they leave the process. What a program says to its own windows is
// its own affair, and most of what is said.
#include "hook.h"
#include "../window_wire.h"
#include "dde.h"
#include "json.h"
#include "line.h"
#include "windows.h"

#include <string.h>

#define SEND 0x2b1  // kinds of NtUserMessageCall that reach another thread's window
#define SEND_TIMEOUT 0x2b3
#define SEND_NOTIFY 0x2b7
#define SEND_CALLBACK 0x2b8

USE(int, NtUserGetClassName, (HWND window, BOOL real, UNICODE_STRING *name));
USE(int, NtUserGetClipboardFormatName, (UINT format, WCHAR *name, int chars));

void name_class(HWND window, WCHAR *room, struct name *name) {
  UNICODE_STRING text = {0, MOST_CLASS * sizeof(WCHAR), room};
  const int chars = ORIGINAL(NtUserGetClassName) ? ORIGINAL(NtUserGetClassName)(window, FALSE, &text) : 0;
  *name = (struct name){"", room, chars > 0 ? (uint32_t)chars : 0};
}

static void tell_message(struct json *json, UINT message) {
  WCHAR name[80];
  const int chars = message >= 0xc000 && ORIGINAL(NtUserGetClipboardFormatName) ? ORIGINAL(NtUserGetClipboardFormatName)(message, name, 80) : 0;
  if (chars > 0) json_wide(json, "message", name, (uint32_t)chars);
  else json_number(json, "message", message);
}

static int is_everybody(HWND window) { return (ULONG_PTR)window == 0xffff || (LONG_PTR)window == -1; }

static void note_sent(HWND window, UINT message) {
  const DWORD error = *last_error();
  const int all = is_everybody(window);
  WCHAR room[MOST_CLASS];
  struct name name = {"*", room, 0};
  struct json json;
  json_begin(&json);
  if (all || (is_foreign(window) && !is_stand_in(window))) {
    if (!all) name_class(window, room, &name);
    tell_message(&json, message);
    note(all ? OP_WINDOW_BROADCAST : OP_WINDOW_SEND, &name, 0, 0, json.text);
  }
  *last_error() = error;
}

// What all windows here were told may be for those of other VMs too.
static void broadcast_elsewhere(UINT message, WPARAM w, LPARAM l, int waits) {
  static const struct name all = {"*", NULL, 0};
  const DWORD error = *last_error();
  WCHAR text[MOST_CLASS];
  struct name name = {"", text, 0};
  const int chars = message >= 0xc000 && ORIGINAL(NtUserGetClipboardFormatName) ? ORIGINAL(NtUserGetClipboardFormatName)(message, text, MOST_CLASS) : 0;
  const uint64_t extra[4] = {message, w, (uint64_t)l, (uint64_t)waits};
  struct json json;
  struct answer answer;
  name.chars = chars > 0 ? (uint32_t)chars : 0;
  json_begin(&json);
  tell_message(&json, message);
  ask_two(OP_WINDOW_BROADCAST, &all, &name, 0, extra, json.text, &answer);
  *last_error() = error;
}

HOOK(LRESULT, NtUserMessageCall, (HWND window, UINT message, WPARAM w, LPARAM l, void *result, DWORD kind, BOOL ansi)) {
  const int sent = kind == SEND || kind == SEND_TIMEOUT || kind == SEND_NOTIFY || kind == SEND_CALLBACK;
  if (sent && message == DDE_ACK) mark_answered(window);
  else if (sent && message != DDE_INITIATE) note_sent(window, message);
  const LRESULT done = ORIGINAL(NtUserMessageCall)(window, message, w, l, result, kind, ansi);
  if (sent && message == DDE_INITIATE) after_call(window, w, l);
  else if (sent && is_everybody(window)) broadcast_elsewhere(message, w, l, kind == SEND || kind == SEND_TIMEOUT);
  return done;
}
HOOK(BOOL, NtUserPostMessage, (HWND window, UINT message, WPARAM w, LPARAM l)) {
  if (window) note_sent(window, message);
  const BOOL posted = ORIGINAL(NtUserPostMessage)(window, message, w, l);
  if (posted && is_everybody(window)) broadcast_elsewhere(message, w, l, 0);
  return posted;
}

// Into other threads' windows; one's own thread's hooks are nobody else's affair.
HOOK(HHOOK, NtUserSetWindowsHookEx, (HINSTANCE library, const UNICODE_STRING *module, DWORD thread, INT kind, void *procedure, BOOL ansi)) {
  const HHOOK hook = ORIGINAL(NtUserSetWindowsHookEx)(library, module, thread, kind, procedure, ansi);
  if (thread == own_tid()) return hook;
  const struct name name = {thread ? "" : "*", NULL, 0};
  struct json json;
  json_begin(&json);
  json_number(&json, "kind", (uint64_t)(uint32_t)kind);
  note(OP_WINDOW_HOOK, &name, 0, hook ? STATUS_SUCCESS : STATUS_ACCESS_DENIED, json.text);
  return hook;
}

HOOK(UINT, NtUserSendInput, (UINT count, INPUT *inputs, int size)) {
  const UINT sent = ORIGINAL(NtUserSendInput)(count, inputs, size);
  const struct name name = {"*", NULL, 0};
  note(OP_WINDOW_INPUT, &name, 0, sent ? STATUS_SUCCESS : STATUS_ACCESS_DENIED, NULL);
  return sent;
}
