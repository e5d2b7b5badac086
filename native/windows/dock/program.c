// Programs of this VM, started for others: suspended until the process that stands in for it elsewhere is there, its
// standard streams over the channel, ended when the channel ends.
#include "../program_wire.h"
#include "program.h"

#include <stdlib.h>
#include <string.h>

#define AFTER_END_MS 2000  // how long what a program's children still hold open is read on

struct stream {
  struct started *of;
  uint16_t kind;
  HANDLE read;
  HANDLE thread;
  volatile LONG deaf;
};
struct started {
  int channel;
  HANDLE process, input;
  struct stream out, err;
};
struct frame {
  struct sh_frame head;
  uint8_t bytes[SH_FRAME_BYTES];
};

static int say_frame(int channel, uint16_t kind, const void *bytes, uint32_t count) {
  const struct sh_frame head = {kind, 0, count};
  return linux_send(channel, &head, sizeof head, bytes, count, 0) == 0;
}

static DWORD WINAPI pump(void *given) {
  struct stream *stream = given;
  uint8_t *bytes = malloc(SH_FRAME_BYTES);
  DWORD got;
  while (bytes && !stream->deaf && ReadFile(stream->read, bytes, SH_FRAME_BYTES, &got, NULL))
    if (got && !say_frame(stream->of->channel, stream->kind, bytes, got)) break;
  CloseHandle(stream->read);
  free(bytes);
  say_frame(stream->of->channel, stream->kind, NULL, 0);
  return 0;
}

static int open_stream(struct stream *stream, struct started *of, uint16_t kind, HANDLE *theirs) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  *stream = (struct stream){.of = of, .kind = kind};
  if (!CreatePipe(&stream->read, theirs, &inherited, 0)) return 0;
  return SetHandleInformation(stream->read, HANDLE_FLAG_INHERIT, 0);
}

// What the order's name holds: the program, the folder and the command line, a zero behind each.
static int words_of(struct order *order, struct words *words) {
  WCHAR *const end = order->name + order->chars, *at = order->name;
  words->program = at;
  at += lstrlenW(at) + 1;
  if (at >= end) return 0;
  words->folder = at;
  words->line = at + lstrlenW(at) + 1;
  return words->line <= end;
}

static int is_folder(const WCHAR *path) {
  const DWORD what = GetFileAttributesW(path);
  return what != INVALID_FILE_ATTRIBUTES && (what & FILE_ATTRIBUTE_DIRECTORY);
}

// What may be inherited is inheritable for as long as one start takes, and for no other that begins meanwhile.
static CRITICAL_SECTION starting;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static BOOL WINAPI make_lock(INIT_ONCE *which, void *unused, void **none) {
  (void)which, (void)unused, (void)none;
  InitializeCriticalSection(&starting);
  return TRUE;
}

static DWORD create(const struct words *words, struct started *started, HANDLE *thread) {
  HANDLE in = NULL, out = NULL, err = NULL;
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  PROCESS_INFORMATION made;
  DWORD error = ERROR_NO_SYSTEM_RESOURCES;
  InitOnceExecuteOnce(&once, make_lock, NULL, NULL);
  EnterCriticalSection(&starting);
  if (CreatePipe(&in, &started->input, &inherited, 0) && SetHandleInformation(started->input, HANDLE_FLAG_INHERIT, 0) &&
      open_stream(&started->out, started, SH_STREAM_OUT, &out) && open_stream(&started->err, started, SH_STREAM_ERR, &err)) {
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES, .hStdInput = in, .hStdOutput = out, .hStdError = err};
    const BOOL done = CreateProcessW(words->program, words->line, NULL, NULL, TRUE, CREATE_SUSPENDED | CREATE_NO_WINDOW, NULL, is_folder(words->folder) ? words->folder : L"C:\\", &startup, &made);
    error = done ? 0 : GetLastError();
  }
  if (in) CloseHandle(in);
  if (out) CloseHandle(out);
  if (err) CloseHandle(err);
  LeaveCriticalSection(&starting);
  if (error) return error;
  started->process = made.hProcess;
  *thread = made.hThread;
  return 0;
}

static void run_stream(struct stream *stream) {
  stream->thread = CreateThread(NULL, 64 * 1024, pump, stream, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (!stream->thread) CloseHandle(stream->read);
}

static void end_stream(struct stream *stream) {
  if (!stream->thread) return;
  stream->deaf = 1;
  while (WaitForSingleObject(stream->thread, 10) == WAIT_TIMEOUT) CancelSynchronousIo(stream->thread);
  CloseHandle(stream->thread);
}

// Tells the stand-in how it ended, when all that was said is on its way; what listens to the channel then wakes.
static DWORD WINAPI await_end(void *given) {
  struct started *started = given;
  const HANDLE pumps[] = {started->out.thread, started->err.thread};
  DWORD code = 1;
  WaitForSingleObject(started->process, INFINITE);
  if (pumps[0] && pumps[1]) WaitForMultipleObjects(2, pumps, TRUE, AFTER_END_MS);
  GetExitCodeProcess(started->process, &code);
  say_frame(started->channel, SH_PROGRAM_EXIT, &code, sizeof code);
  linux_shutdown_write(started->channel);
  return 0;
}

// Until the stand-in is gone.
static void listen_to(struct started *started, HANDLE thread) {
  struct frame *frame = malloc(sizeof *frame);
  while (frame) {
    const long long size = linux_receive(started->channel, frame, sizeof *frame, NULL);
    if (size < (long long)sizeof frame->head || frame->head.bytes != (uint64_t)size - sizeof frame->head) break;
    DWORD written;
    if (frame->head.kind == SH_PROGRAM_GO) ResumeThread(thread);
    if (frame->head.kind == SH_STREAM_OUT) started->out.deaf = 1;
    if (frame->head.kind == SH_STREAM_ERR) started->err.deaf = 1;
    if (frame->head.kind != SH_STREAM_IN || !started->input) continue;
    if (frame->head.bytes && WriteFile(started->input, frame->bytes, frame->head.bytes, &written, NULL)) continue;
    CloseHandle(started->input);
    started->input = NULL;
  }
  free(frame);
}

static void conduct(struct started *started, HANDLE thread) {
  run_stream(&started->out);
  run_stream(&started->err);
  HANDLE end = CreateThread(NULL, 64 * 1024, await_end, started, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (end) listen_to(started, thread);
  // Whoever ends the stand-in ends the program.
  TerminateProcess(started->process, 1);
  if (started->input) CloseHandle(started->input);
  if (end) WaitForSingleObject(end, INFINITE), CloseHandle(end);
  end_stream(&started->out);
  end_stream(&started->err);
  CloseHandle(thread);
  CloseHandle(started->process);
}

void start_words(struct order *order, const struct words *words) {
  struct started *started = calloc(1, sizeof *started);
  HANDLE thread = NULL;
  const DWORD error = started ? create(words, started, &thread) : ERROR_OUTOFMEMORY;
  if (started) started->channel = order->channel;
  report(order, error ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS);
  if (!error) conduct(started, thread);
  linux_close(order->channel);
  free(started);
}

// Whether this VM has such a program, and its whole name.
static void look(struct order *order) {
  WCHAR path[1024], *file;
  char bytes[3 * 1024];
  const DWORD chars = SearchPathW(NULL, order->name, L".exe", sizeof path / sizeof *path, path, &file);
  const WCHAR *dot = NULL;
  for (const WCHAR *c = path; chars && chars < sizeof path / sizeof *path && *c; c++) dot = *c == '.' ? c : *c == '\\' ? NULL : dot;
  if (!dot || (lstrcmpiW(dot, L".exe") && lstrcmpiW(dot, L".com") && lstrcmpiW(dot, L".bat") && lstrcmpiW(dot, L".cmd")) || is_folder(path)) return report(order, STATUS_OBJECT_NAME_NOT_FOUND);
  report_text(order, STATUS_SUCCESS, bytes, to_bytes(path, chars, bytes, sizeof bytes));
}

void obey_program(struct order *order) {
  if (order->said.say == SH_WAIT) return look(order);
  struct words words;
  if (order->said.say == SH_OPEN && order->channel >= 0 && words_of(order, &words)) return start_words(order, &words);
  report(order, STATUS_NOT_IMPLEMENTED);
}
