// Calls for a DDE service. A server answers while it is called, so whether one did is known when the call is over: its
// agent marks the caller's window. Only what nobody here answers is asked for elsewhere; the answer is then given as a
// server gives it, by a window of the dock's that is called alone.
#include "dde.h"

#include "export.h"
#include "line.h"
#include "windows.h"

#include <string.h>

#define ANSWERED L"shuttle-dde-answered"
#define BROADCAST 0xffff

USE(BOOL, NtUserSetProp, (HWND window, const WCHAR *name, HANDLE value));
USE(HANDLE, NtUserRemoveProp, (HWND window, const WCHAR *name));

// `service|topic`, of the two atoms a conversation begins with; none is any, `*`.
static uint32_t atom_text(USHORT atom, WCHAR *out, uint32_t room) {
  struct {
    USHORT uses, flags, bytes;
    WCHAR text[256];
  } about;
  uint32_t chars = 0;
  if (!atom || NtQueryInformationAtom(atom, 0, &about, sizeof about, NULL)) return out[0] = '*', 1;
  for (; chars < about.bytes / sizeof(WCHAR) && chars < room && chars < 256; chars++) out[chars] = about.text[chars];
  return chars;
}
static uint32_t name_conversation(LPARAM atoms, WCHAR *text) {
  uint32_t chars = atom_text((USHORT)atoms, text, 256);
  text[chars++] = '|';
  chars += atom_text((USHORT)(atoms >> 16), text + chars, 256);
  return chars;
}

void mark_answered(HWND caller) {
  const DWORD error = *last_error();
  if (ORIGINAL(NtUserSetProp)) ORIGINAL(NtUserSetProp)(caller, ANSWERED, (HANDLE)1);
  *last_error() = error;
}

static int was_answered(HWND caller) { return ORIGINAL(NtUserRemoveProp) && ORIGINAL(NtUserRemoveProp)(caller, ANSWERED) != NULL; }

// Commands are of wide characters between windows that both have them.
static uint64_t is_wide(HWND window) {
  typedef BOOL(WINAPI * asking)(HWND);
  const asking ask_user32 = user32 ? (asking)(ULONG_PTR)find_export(user32, "IsWindowUnicode") : NULL;
  return ask_user32 && ask_user32(window);
}

static void call_alone(HWND server, WPARAM caller, LPARAM atoms) {
  typedef LRESULT(WINAPI * sending)(HWND, UINT, WPARAM, LPARAM);
  const sending send = user32 ? (sending)(ULONG_PTR)find_export(user32, "SendMessageW") : NULL;
  if (send) send(server, DDE_INITIATE, caller, atoms);
}

void after_call(HWND called, WPARAM caller, LPARAM atoms) {
  // Ours, or a server that was found before.
  if ((ULONG_PTR)called != BROADCAST && (LONG_PTR)called != -1 && is_stand_in(called)) return;
  const DWORD error = *last_error();
  WCHAR text[520];
  const struct name name = {"", text, name_conversation(atoms, text)};
  const uint64_t extra[4] = {is_wide((HWND)caller), 0, 0, 0};
  const int everybody = (ULONG_PTR)called == BROADCAST || (LONG_PTR)called == -1;
  struct answer answer;
  if (was_answered((HWND)caller)) {
    note(OP_DDE_CONNECT, &name, 0, STATUS_SUCCESS, NULL);
  } else if (!everybody || !ask(OP_DDE_CONNECT, &name, 0, extra, NULL, &answer)) {
    note(OP_DDE_CONNECT, &name, 0, STATUS_OBJECT_NAME_NOT_FOUND, NULL);
  } else if (answer.verdict == SH_DONE) {
    call_alone((HWND)(ULONG_PTR)answer.extra[0], caller, atoms);
  }
  *last_error() = error;
}
