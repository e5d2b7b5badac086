// The clipboard, by format, and the table of atoms that holds registered messages and formats too.
#include "hook.h"
#include "line.h"

#include <string.h>

#define MOST_FORMAT 128

USE(int, NtUserGetClipboardFormatName, (UINT format, WCHAR *name, int chars));

static const char *const kFormats[] = {NULL,      "CF_TEXT",        "CF_BITMAP",     "CF_METAFILEPICT", "CF_SYLK",         "CF_DIF",
                                       "CF_TIFF", "CF_OEMTEXT",     "CF_DIB",        "CF_PALETTE",      "CF_PENDATA",      "CF_RIFF",
                                       "CF_WAVE", "CF_UNICODETEXT", "CF_ENHMETAFILE", "CF_HDROP",       "CF_LOCALE",       "CF_DIBV5"};

static void note_format(enum sh_op op, UINT format, uint32_t access, NTSTATUS status) {
  DWORD *last_error = (DWORD *)((char *)NtCurrentTeb() + 0x68);
  const DWORD error = *last_error;
  WCHAR text[MOST_FORMAT];
  struct name name = {"", text, 0};
  if (format < sizeof kFormats / sizeof *kFormats && kFormats[format]) name.prefix = kFormats[format];
  else if (ORIGINAL(NtUserGetClipboardFormatName)) {
    const int chars = ORIGINAL(NtUserGetClipboardFormatName)(format, text, MOST_FORMAT);
    name.chars = chars > 0 ? (uint32_t)chars : 0;
  }
  note(op, &name, access, status, NULL);
  *last_error = error;
}

HOOK(HANDLE, NtUserGetClipboardData, (UINT format, void *params)) {
  const HANDLE data = ORIGINAL(NtUserGetClipboardData)(format, params);
  note_format(OP_CLIPBOARD_READ, format, 1, data ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND);
  return data;
}
HOOK(NTSTATUS, NtUserSetClipboardData, (UINT format, HANDLE data, void *params)) {
  const NTSTATUS status = ORIGINAL(NtUserSetClipboardData)(format, data, params);
  note_format(OP_CLIPBOARD_WRITE, format, 2, status);
  return status;
}

static void note_atom(enum sh_op op, const WCHAR *text, ULONG bytes, NTSTATUS status) {
  const struct name name = {"", text, bytes / sizeof(WCHAR)};
  if ((ULONG_PTR)text > 0xffff && !seen_before(op, &name, status)) note(op, &name, 0, status, NULL);
}

HOOK(NTSTATUS, NtAddAtom, (const WCHAR *text, ULONG bytes, USHORT *atom)) {
  const NTSTATUS status = ORIGINAL(NtAddAtom)(text, bytes, atom);
  note_atom(OP_ATOM_ADD, text, bytes, status);
  return status;
}
HOOK(NTSTATUS, NtFindAtom, (const WCHAR *text, ULONG bytes, USHORT *atom)) {
  const NTSTATUS status = ORIGINAL(NtFindAtom)(text, bytes, atom);
  note_atom(OP_ATOM_FIND, text, bytes, status);
  return status;
}
