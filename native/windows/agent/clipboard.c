// The clipboard, by format, and the table of atoms that holds registered messages and formats too.
#include "../linux.h"
#include "hook.h"
#include "line.h"
#include "windows.h"

#include <string.h>

#define MOST_FORMAT 128
#define PROCESS_HEAP 6  // of the process's block, in pointers

USE(int, NtUserGetClipboardFormatName, (UINT format, WCHAR *name, int chars));

static const char *const kFormats[] = {NULL,      "CF_TEXT",        "CF_BITMAP",     "CF_METAFILEPICT", "CF_SYLK",         "CF_DIF",
                                       "CF_TIFF", "CF_OEMTEXT",     "CF_DIB",        "CF_PALETTE",      "CF_PENDATA",      "CF_RIFF",
                                       "CF_WAVE", "CF_UNICODETEXT", "CF_ENHMETAFILE", "CF_HDROP",       "CF_LOCALE",       "CF_DIBV5"};

static struct name name_format(UINT format, WCHAR *text) {
  struct name name = {"", text, 0};
  if (format < sizeof kFormats / sizeof *kFormats && kFormats[format]) name.prefix = kFormats[format];
  else if (ORIGINAL(NtUserGetClipboardFormatName)) {
    const int chars = ORIGINAL(NtUserGetClipboardFormatName)(format, text, MOST_FORMAT);
    name.chars = chars > 0 ? (uint32_t)chars : 0;
  }
  return name;
}

static void note_format(enum sh_op op, UINT format, uint32_t access, NTSTATUS status) {
  const DWORD error = *last_error();
  WCHAR text[MOST_FORMAT];
  const struct name name = name_format(format, text);
  note(op, &name, access, status, NULL);
  *last_error() = error;
}

// What user32 and win32u tell each other of a format's data: `data_size` is what it needs, or NEEDS_READING where the
// bytes are in `data` and user32 makes a handle of them.
struct reading {
  void *data;
  size_t size, data_size;
  UINT number;
  BOOL data_only;
};
#define NEEDS_READING (~(size_t)0)
struct writing {
  void *data;
  size_t size;
  BOOL cache_only;  // user32 keeps a handle for what it read
  UINT number;
};

// Another VM's data on its way to the program, between two calls of user32's, which holds a lock of its own over both.
static struct {
  UINT format;
  int fd;
  uint64_t bytes;
} fetched;
// What programs were given: theirs to read until the clipboard is opened again.
#define MOST_GIVEN 16
static void *given[MOST_GIVEN];

static int is_there(UINT format) {
  const DWORD error = *last_error();
  WCHAR text[MOST_FORMAT];
  const struct name name = name_format(format, text);
  const uint64_t extra[4] = {1, 0, 0, 0};
  struct answer answer;
  const int said = (name.chars || *name.prefix) && ask(OP_CLIPBOARD_READ, &name, 1, extra, "{\"available\":true}", &answer);
  *last_error() = error;
  return said && answer.verdict == SH_DONE;
}

static int fetch(UINT format) {
  if (fetched.bytes && fetched.format == format) return 1;
  WCHAR text[MOST_FORMAT];
  const struct name name = name_format(format, text);
  struct answer answer;
  if (fetched.bytes) linux_close(fetched.fd);
  fetched.bytes = 0;
  if (!name.chars && !*name.prefix) return 0;
  if (!ask(OP_CLIPBOARD_READ, &name, 1, NULL, NULL, &answer)) return note(OP_CLIPBOARD_READ, &name, 1, STATUS_OBJECT_NAME_NOT_FOUND, NULL), 0;
  if (answer.verdict != SH_DESCRIPTOR || answer.fd < 0) return 0;
  if (!answer.extra[0]) return linux_close(answer.fd), 0;
  fetched.format = format;
  fetched.fd = answer.fd;
  fetched.bytes = answer.extra[0];
  return 1;
}

static void keep(void *handle) {
  for (int i = 0; i < MOST_GIVEN; i++)
    if (!InterlockedCompareExchangePointer(&given[i], handle, NULL)) return;
}

// Turns what is missing here into what another VM has. The buffer is a fixed block of user32's: given back, it is the
// handle that the program gets, so its size must be that of the data.
static HANDLE read_elsewhere(UINT format, struct reading *reading, size_t room) {
  const DWORD error = *last_error();
  HANDLE result = NULL;
  if (fetch(format)) {
    if (room != fetched.bytes) {
      reading->data_size = fetched.bytes;
    } else {
      void *bytes = linux_map(fetched.fd, fetched.bytes);
      if (bytes) {
        memcpy(reading->data, bytes, fetched.bytes);
        linux_unmap(bytes, fetched.bytes);
        keep(result = reading->data);
      }
      linux_close(fetched.fd);
      fetched.bytes = 0;
    }
  }
  *last_error() = error;
  return result;
}

HOOK(HANDLE, NtUserGetClipboardData, (UINT format, struct reading *reading)) {
  const size_t room = reading->size;  // the call puts there what it found
  const HANDLE data = ORIGINAL(NtUserGetClipboardData)(format, reading);
  if (data || reading->data_size == NEEDS_READING) return note_format(OP_CLIPBOARD_READ, format, 1, STATUS_SUCCESS), data;
  if (reading->data_size) return data;  // asked again, with more room
  if (!reading->data_only) return read_elsewhere(format, reading, room);
  return note_format(OP_CLIPBOARD_READ, format, 1, STATUS_OBJECT_NAME_NOT_FOUND), data;
}
HOOK(BOOL, NtUserIsClipboardFormatAvailable, (UINT format)) { return ORIGINAL(NtUserIsClipboardFormatAvailable)(format) || is_there(format); }
HOOK(INT, NtUserGetPriorityClipboardFormat, (UINT * list, INT count)) {
  const INT first = ORIGINAL(NtUserGetPriorityClipboardFormat)(list, count);
  if (first > 0) return first;
  for (INT i = 0; i < count; i++)
    if (is_there(list[i])) return (INT)list[i];
  return first;
}

// What is written may be for other VMs too: where a rule may say so, they are told when the clipboard is closed, since
// only then others can read it.
#define MOST_WRITTEN 16
static UINT written[MOST_WRITTEN];
static LONG writes;

HOOK(NTSTATUS, NtUserSetClipboardData, (UINT format, HANDLE data, struct writing *writing)) {
  const NTSTATUS status = ORIGINAL(NtUserSetClipboardData)(format, data, writing);
  if (writing && writing->cache_only) return status;
  const DWORD error = *last_error();
  WCHAR text[MOST_FORMAT];
  const struct name name = name_format(format, text);
  if (!NT_ERROR_(status) && (name.chars || *name.prefix)) serve(OP_CLIPBOARD_WRITE, &name, NULL);
  note_format(OP_CLIPBOARD_WRITE, format, 2, status);
  // What is only promised is rendered by this thread, so nobody can be given it while this thread waits.
  if (data && !NT_ERROR_(status) && writes < MOST_WRITTEN && may_ask(OP_CLIPBOARD_WRITE, &name)) written[writes++] = format;
  *last_error() = error;
  return status;
}
HOOK(BOOL, NtUserOpenClipboard, (HWND window, ULONG unknown)) {
  const BOOL opened = ORIGINAL(NtUserOpenClipboard)(window, unknown);
  if (!opened) return opened;
  void *heap = ((void **)NtCurrentTeb()->ProcessEnvironmentBlock)[PROCESS_HEAP];
  for (int i = 0; i < MOST_GIVEN; i++) {
    void *old = InterlockedExchangePointer(&given[i], NULL);
    if (old) RtlFreeHeap(heap, 0, old);
  }
  writes = 0;
  return opened;
}
HOOK(BOOL, NtUserCloseClipboard, (void)) {
  const BOOL closed = ORIGINAL(NtUserCloseClipboard)();
  const DWORD error = *last_error();
  for (LONG i = 0; closed && i < writes; i++) {
    WCHAR text[MOST_FORMAT];
    const struct name name = name_format(written[i], text);
    const uint64_t extra[4] = {(uint64_t)i, 0, 0, 0};
    struct answer answer;
    ask(OP_CLIPBOARD_WRITE, &name, 2, extra, NULL, &answer);
  }
  writes = 0;
  *last_error() = error;
  return closed;
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
