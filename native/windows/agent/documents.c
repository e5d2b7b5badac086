// Documents and addresses (URLs) that are opened by what is registered for them. What nothing here is registered for, or is
// not here, may be another VM's to open; then a process of ours stands in for the program that does.
#include "../program_wire.h"
#include "json.h"
#include "line.h"
#include "patch.h"
#include "programs.h"
#include "windows.h"

#include <shellapi.h>
#include <string.h>

#define EXECUTES 4
#define OPENED ((HINSTANCE)42)  // more than 32

NTSYSAPI BOOLEAN NTAPI RtlDoesFileExists_U(const WCHAR *);
NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeN(WCHAR *, ULONG, ULONG *, const char *, ULONG);

struct opening {
  const WCHAR *what, *verb;
  int wants_process;
};

static uint32_t length(const WCHAR *text) {
  uint32_t chars = 0;
  while (text && text[chars]) chars++;
  return chars;
}

// Two letters at least before the colon: else it is a drive.
static int is_address(const WCHAR *text) {
  uint32_t at = 0;
  while ((text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z') at++;
  while (at && ((text[at] >= '0' && text[at] <= '9') || text[at] == '+' || text[at] == '-' || text[at] == '.' || ((text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z'))) at++;
  return at > 1 && text[at] == ':';
}

// What is a program is not a document; starting it is asked about where processes are made.
static int is_program(const WCHAR *path, uint32_t chars) {
  static const char kinds[4][5] = {".exe", ".com", ".bat", ".cmd"};
  for (int kind = 0; chars > 4 && kind < 4; kind++) {
    int same = 1;
    for (int i = 0; i < 4; i++) same &= (path[chars - 4 + (uint32_t)i] | (i ? 0x20 : 0)) == kinds[kind][i];
    if (same) return 1;
  }
  return 0;
}

// What the shell says where it knows of nothing that opens it: a document is tried as a program last of all.
static int is_refused(DWORD error) { return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND || error == ERROR_NO_ASSOCIATION || error == ERROR_BAD_EXE_FORMAT; }

static BOOL open_elsewhere(const struct opening *opening, BOOL done, DWORD error, HANDLE *process) {
  WCHAR path[MOST_PATH];
  struct name name = {"", opening->what, length(opening->what)};
  const int address = name.chars && is_address(opening->what);
  if (!name.chars || (!done && !is_refused(error))) return FALSE;
  if (!address) name = (struct name){"", path, absolute_path(opening->what, name.chars, path)};
  if (!name.chars || is_program(name.text, name.chars)) return FALSE;
  struct json json;
  json_begin(&json);
  if (opening->verb) json_wide(&json, "verb", opening->verb, length(opening->verb));
  const char *detail = opening->verb ? json.text : NULL;
  const struct name verb = {"", opening->verb, length(opening->verb)};
  const uint64_t extra[4] = {SH_START_ASK, 0, !address && RtlDoesFileExists_U(path), 0};
  struct answer answer;
  PROCESS_INFORMATION made;
  if (done || !ask_two(OP_DOCUMENT_OPEN, &name, &verb, EXECUTES, extra, detail, &answer)) return note(OP_DOCUMENT_OPEN, &name, EXECUTES, done ? 0 : STATUS_OBJECT_NAME_NOT_FOUND, detail), FALSE;
  if (answer.verdict != SH_DONE || answer.status || !start_stand_in(answer.extra[0], &made)) return FALSE;
  NtClose(made.hThread);
  if (opening->wants_process) *process = made.hProcess;
  else NtClose(made.hProcess);
  return TRUE;
}

static const WCHAR *widen(const char *text, WCHAR *out) {
  ULONG bytes = 0;
  if (!text || strlen(text) >= MOST_PATH) return NULL;
  RtlMultiByteToUnicodeN(out, (MOST_PATH - 1) * sizeof *out, &bytes, text, (ULONG)strlen(text));
  out[bytes / sizeof *out] = 0;
  return out;
}

// Afterwards the program finds what it would find had it been opened here.
static BOOL settle(const struct opening *opening, BOOL done, HINSTANCE *instance, HANDLE *process) {
  const DWORD error = *last_error();
  const BOOL elsewhere = opening->what && open_elsewhere(opening, done, error, process);
  if (elsewhere) *instance = OPENED;
  *last_error() = elsewhere ? ERROR_SUCCESS : error;
  return done || elsewhere;
}

PATCH("shell32.dll", BOOL, ShellExecuteExW, (SHELLEXECUTEINFOW * info)) {
  const BOOL done = PATCHED(ShellExecuteExW)(info);
  const struct opening opening = {info->lpFile, info->lpVerb, (info->fMask & SEE_MASK_NOCLOSEPROCESS) != 0};
  return settle(&opening, done, &info->hInstApp, &info->hProcess);
}

PATCH("shell32.dll", BOOL, ShellExecuteExA, (SHELLEXECUTEINFOA * info)) {
  const BOOL done = PATCHED(ShellExecuteExA)(info);
  WCHAR file[MOST_PATH], verb[MOST_PATH];
  const struct opening opening = {widen(info->lpFile, file), widen(info->lpVerb, verb), (info->fMask & SEE_MASK_NOCLOSEPROCESS) != 0};
  return settle(&opening, done, &info->hInstApp, &info->hProcess);
}

// ShellExecuteA comes by here as well.
PATCH("shell32.dll", HINSTANCE, ShellExecuteW, (HWND window, const WCHAR *verb, const WCHAR *file, const WCHAR *words, const WCHAR *folder, INT show)) {
  HINSTANCE opened = PATCHED(ShellExecuteW)(window, verb, file, words, folder, show);
  HANDLE process;
  settle(&(struct opening){file, verb, 0}, (ULONG_PTR)opened > 32, &opened, &process);
  return opened;
}
