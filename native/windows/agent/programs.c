// Starting programs. One that this VM does not have may be another's: then a process of ours is started in its place, which
// the program waits for, reads from and ends as it would the real one (dock/start.c).
#include "../linux.h"
#include "../program_wire.h"
#include "json.h"
#include "line.h"
#include "patch.h"
#include "programs.h"
#include "windows.h"

#include <string.h>

#define EXECUTES 4
#define IMAGE_WIN32 43

NTSYSAPI ULONG NTAPI RtlGetFullPathName_U(const WCHAR *, ULONG, WCHAR *, WCHAR **);
NTSYSAPI BOOLEAN NTAPI RtlDoesFileExists_U(const WCHAR *);

static uint32_t length(const WCHAR *text) {
  uint32_t chars = 0;
  while (text && text[chars]) chars++;
  return chars;
}

// The next word of a command line, as programs take it apart but for escaped quotes: those stay in it.
struct word {
  const WCHAR *at;  // with its quotes
  uint32_t chars;
  const WCHAR *inner;
  uint32_t inner_chars;
};
static int next_word(const WCHAR **line, struct word *word) {
  const WCHAR *at = *line;
  while (*at == ' ' || *at == '\t') at++;
  if (!*at) return 0;
  word->at = at;
  int quoted = 0;
  for (; *at && (quoted || (*at != ' ' && *at != '\t')); at++) quoted ^= *at == '"';
  word->chars = (uint32_t)(at - word->at);
  const int whole = word->chars > 1 && word->at[0] == '"' && word->at[word->chars - 1] == '"';
  word->inner = word->at + whole;
  word->inner_chars = word->chars - 2 * (uint32_t)whole;
  *line = at;
  return 1;
}

static int has(const WCHAR *text, uint32_t chars, WCHAR c) {
  for (uint32_t i = 0; i < chars; i++)
    if (text[i] == c) return 1;
  return 0;
}

uint32_t absolute_path(const WCHAR *path, uint32_t chars, WCHAR *out) {
  WCHAR text[MOST_PATH];
  if (chars >= MOST_PATH) return 0;
  memcpy(text, path, chars * sizeof *text);
  text[chars] = 0;
  const ULONG bytes = RtlGetFullPathName_U(text, MOST_PATH * sizeof *out, out, NULL);
  return bytes < MOST_PATH * sizeof *out ? bytes / (uint32_t)sizeof *out : 0;
}

// What the question says besides the program: the folder, and the command line with names of files that are here written
// out, so that they mean the same in the other VM.
struct text {
  WCHAR *at;
  uint32_t used, room;
};
static void add(struct text *text, const WCHAR *more, uint32_t chars) {
  if (chars > text->room - text->used) chars = text->room - text->used;
  memcpy(text->at + text->used, more, chars * sizeof *more);
  text->used += chars;
}

static int names_a_file(const struct word *word, WCHAR *whole, uint32_t *chars) {
  const WCHAR *inner = word->inner;
  if (!word->inner_chars || *inner == '-' || *inner == '/' || has(inner, word->inner_chars, '"') || has(inner, word->inner_chars, ':')) return 0;
  *chars = absolute_path(inner, word->inner_chars, whole);
  return *chars && RtlDoesFileExists_U(whole);
}

static void write_command(struct text *text, const WCHAR *line) {
  static const WCHAR quote[] = {'"'}, space[] = {' '};
  struct word word;
  WCHAR whole[MOST_PATH];
  uint32_t chars;
  for (int first = 1; next_word(&line, &word); first = 0) {
    if (!first) add(text, space, 1);
    if (first || !names_a_file(&word, whole, &chars)) {
      add(text, word.at, word.chars);
      continue;
    }
    const int quoted = has(whole, chars, ' ');
    if (quoted) add(text, quote, 1);
    add(text, whole, chars);
    if (quoted) add(text, quote, 1);
  }
}

// What is to be started: a name with a folder is made absolute, one without is looked for by the other VM as by this one.
static uint32_t program_of(const WCHAR *application, const WCHAR *line, WCHAR *out) {
  struct word word = {0};
  if (application) word.inner = application, word.inner_chars = length(application);
  else if (!line || !next_word(&line, &word)) return 0;
  if (has(word.inner, word.inner_chars, '\\') || has(word.inner, word.inner_chars, '/') || has(word.inner, word.inner_chars, ':'))
    return absolute_path(word.inner, word.inner_chars, out);
  if (word.inner_chars >= MOST_PATH) return 0;
  memcpy(out, word.inner, word.inner_chars * sizeof *out);
  return word.inner_chars;
}

static uint32_t own_folder(WCHAR *out) {
  static const WCHAR here[] = {'.', 0};
  return absolute_path(here, 1, out);
}

struct start {
  const WCHAR *application, *line, *folder;
};

static int ask_to_start(const struct start *what, uint64_t *ticket) {
  enum { ROOM = 34 * 1024 };
  WCHAR program[MOST_PATH], folder[MOST_PATH];
  const struct name name = {"", program, program_of(what->application, what->line, program)};
  if (!name.chars) return 0;
  if (!may_ask(OP_PROGRAM_START, &name)) return note(OP_PROGRAM_START, &name, EXECUTES, STATUS_OBJECT_NAME_NOT_FOUND, NULL), 0;
  struct text text = {linux_map(-1, ROOM * sizeof(WCHAR)), 0, ROOM};
  if (!text.at) return 0;
  static const WCHAR zero[] = {0};
  const uint32_t folder_chars = what->folder ? absolute_path(what->folder, length(what->folder), folder) : own_folder(folder);
  add(&text, folder, folder_chars);
  add(&text, zero, 1);
  if (what->line) write_command(&text, what->line);
  else add(&text, what->application, length(what->application));
  const struct name second = {"", text.at, text.used};
  const uint64_t extra[4] = {SH_START_ASK, 0, 0, 0};
  struct answer answer;
  const int asked = ask_two(OP_PROGRAM_START, &name, &second, EXECUTES, extra, NULL, &answer);
  linux_unmap(text.at, ROOM * sizeof(WCHAR));
  if (!asked || answer.verdict != SH_DONE || answer.status) return 0;
  *ticket = answer.extra[0];
  return 1;
}

static void write_ticket(uint64_t ticket, WCHAR *out) {
  for (int i = SH_TICKET_DIGITS; i--; ticket >>= 4) out[i] = (WCHAR)("0123456789abcdef"[ticket & 15]);
  out[SH_TICKET_DIGITS] = 0;
}

static int is_missing(DWORD error) { return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND; }

static void note_start(HANDLE process) {
  struct {
    UNICODE_STRING name;
    WCHAR text[300];
  } image;
  if (NtQueryInformationProcess(process, (PROCESSINFOCLASS)IMAGE_WIN32, &image, sizeof image, NULL)) return;
  const struct name name = {"", image.name.Buffer, image.name.Length / (uint32_t)sizeof(WCHAR)};
  note(OP_PROGRAM_START, &name, EXECUTES, 0, NULL);
}

// The command of what stands in, with its ticket.
enum { COMMAND_CHARS = sizeof SH_START_COMMAND / sizeof(WCHAR) + SH_TICKET_DIGITS };
static void write_stand_in(uint64_t ticket, WCHAR *out) {
  static const WCHAR command[] = SH_START_COMMAND;
  memcpy(out, command, sizeof command);
  write_ticket(ticket, out + sizeof command / sizeof *command - 1);
}

PATCH("kernelbase.dll", BOOL, CreateProcessInternalW,
      (HANDLE token, const WCHAR *application, WCHAR *line, SECURITY_ATTRIBUTES *process, SECURITY_ATTRIBUTES *thread, BOOL inherit, DWORD flags, void *environment, const WCHAR *folder, STARTUPINFOW *startup, PROCESS_INFORMATION *made, HANDLE *new_token)) {
  BOOL done = PATCHED(CreateProcessInternalW)(token, application, line, process, thread, inherit, flags, environment, folder, startup, made, new_token);
  const DWORD error = *last_error();
  uint64_t ticket;
  if (done) {
    note_start(made->hProcess);
  } else if (is_missing(error) && ask_to_start(&(struct start){application, line, folder}, &ticket)) {
    WCHAR text[COMMAND_CHARS];
    write_stand_in(ticket, text);
    done = PATCHED(CreateProcessInternalW)(token, SH_START_PROGRAM, text, process, thread, inherit, flags, environment, NULL, startup, made, new_token);
  }
  *last_error() = done ? ERROR_SUCCESS : error;
  return done;
}

BOOL start_stand_in(uint64_t ticket, PROCESS_INFORMATION *made) {
  STARTUPINFOW startup = {.cb = sizeof startup};
  WCHAR text[COMMAND_CHARS];
  if (!PATCHED(CreateProcessInternalW)) return FALSE;
  write_stand_in(ticket, text);
  return PATCHED(CreateProcessInternalW)(NULL, SH_START_PROGRAM, text, NULL, NULL, FALSE, 0, NULL, NULL, &startup, made, NULL);
}
