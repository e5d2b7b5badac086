// What stands in for a program that runs in another VM: the process that was asked for, as far as anybody here can tell. It
// passes on what it is given and what is said, and ends as the program does; when it is ended, so is the program.
#include "../program_wire.h"
#include "dock.h"

#include <stdlib.h>
#include <string.h>

static int channel;

struct frame {
  struct sh_frame head;
  uint8_t bytes[SH_FRAME_BYTES];
};

static void say_frame(uint16_t kind, const void *bytes, uint32_t count) {
  const struct sh_frame head = {kind, 0, count};
  linux_send(channel, &head, sizeof head, bytes, count, 0);
}

static DWORD WINAPI pass_input(void *unused) {
  (void)unused;
  uint8_t *bytes = malloc(SH_FRAME_BYTES);
  DWORD got;
  HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  while (bytes && input && ReadFile(input, bytes, SH_FRAME_BYTES, &got, NULL) && got) say_frame(SH_STREAM_IN, bytes, got);
  say_frame(SH_STREAM_IN, NULL, 0);
  return 0;
}

static void pass_output(const struct frame *frame) {
  const HANDLE to = GetStdHandle(frame->head.kind == SH_STREAM_OUT ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
  DWORD written;
  for (uint32_t at = 0; at < frame->head.bytes; at += written)
    if (!to || !WriteFile(to, frame->bytes + at, frame->head.bytes - at, &written, NULL)) return say_frame(frame->head.kind, NULL, 0);
}

// A line to the engine like an agent's: this process has none, being of the dock's program.
static int take_channel(uint64_t ticket) {
  const struct sh_message hello = {.say = SH_HELLO, .tid = linux_gettid(), .win_pid = GetCurrentProcessId()};
  const struct sh_message take = {.say = SH_ASK, .op = OP_PROGRAM_START, .tid = hello.tid, .win_pid = hello.win_pid, .extra = {SH_START_TAKE, ticket}};
  struct sh_welcome welcome;
  struct sh_answer answer;
  int ring = -1, got = -1;
  const int line = linux_connect(SH_DOOR);
  if (line < 0) return -1;
  if (!linux_send(line, &hello, sizeof hello, NULL, 0, 0) && linux_receive(line, &welcome, sizeof welcome, &ring) == sizeof welcome &&
      !linux_send(line, &take, sizeof take, NULL, 0, 0) && linux_receive(line, &answer, sizeof answer, &got) >= (long long)sizeof answer && ring >= 0)
    linux_close(ring);
  return got;
}

static DWORD conduct(void) {
  struct frame *frame = malloc(sizeof *frame);
  DWORD code = (DWORD)STATUS_CONNECTION_DISCONNECTED;
  while (frame) {
    const long long size = linux_receive(channel, frame, sizeof *frame, NULL);
    if (size < (long long)sizeof frame->head || frame->head.bytes != (uint64_t)size - sizeof frame->head) break;
    if (frame->head.kind == SH_STREAM_OUT || frame->head.kind == SH_STREAM_ERR) pass_output(frame);
    if (frame->head.kind != SH_PROGRAM_EXIT || frame->head.bytes != sizeof code) continue;
    memcpy(&code, frame->bytes, sizeof code);
    break;
  }
  return code;
}

int stand_in_program(const WCHAR *ticket) {
  uint64_t number = 0;
  for (; *ticket; ticket++) number = number << 4 | (uint64_t)(*ticket <= '9' ? *ticket - '0' : *ticket - 'a' + 10);
  channel = take_channel(number);
  if (channel < 0) return (int)STATUS_CONNECTION_DISCONNECTED;
  say_frame(SH_PROGRAM_GO, NULL, 0);
  CloseHandle(CreateThread(NULL, 64 * 1024, pass_input, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL));
  const DWORD code = conduct();
  // The thread that reads may wait for ever.
  TerminateProcess(GetCurrentProcess(), code);
  return (int)code;
}
