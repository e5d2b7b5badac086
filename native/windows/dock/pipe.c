// Named pipes. The owner's dock opens the real pipe as its client; the asker's dock serves a stand-in under a private
// name, which the agent opens in place of the pipe. What one reads the other writes, in frames, so that messages stay
// messages, an end is an end, and a server's disconnecting is told from its closing.
#include "dock.h"

#include <stdlib.h>
#include <string.h>

#define MOST_MESSAGE (16u * 1024 * 1024)
#define WAIT_FOR_CLIENT_MS 20000

struct joint {
  HANDLE pipe;
  int channel;
  int messages;       // a pipe of messages
  int server;         // we serve the pipe: a stand-in
  HANDLE read_done, write_done;
  HANDLE reader;
  volatile LONG over;
};

struct frame {
  struct sh_frame head;
  uint8_t bytes[SH_FRAME_BYTES];
};

static void say_end(struct joint *joint, uint16_t kind) {
  const struct sh_frame frame = {kind, 0, 0};
  linux_send(joint->channel, &frame, sizeof frame, NULL, 0, 0);
}

// Waits for an overlapped call that has not ended. A piece of a longer message counts its bytes though it is an error.
static DWORD finish(HANDLE pipe, OVERLAPPED *io, BOOL done, DWORD *bytes) {
  const DWORD error = done ? 0 : GetLastError();
  if (error && error != ERROR_IO_PENDING) {
    if (error == ERROR_MORE_DATA) *bytes = (DWORD)io->InternalHigh;
    return error;
  }
  return GetOverlappedResult(pipe, io, bytes, TRUE) ? 0 : GetLastError();
}

static DWORD WINAPI pipe_to_channel(void *given) {
  struct joint *joint = given;
  struct frame *frame = malloc(sizeof *frame);
  DWORD error = frame ? 0 : ERROR_OUTOFMEMORY;
  while (!error) {
    OVERLAPPED io = {.hEvent = joint->read_done};
    DWORD bytes = 0;
    error = finish(joint->pipe, &io, ReadFile(joint->pipe, frame->bytes, sizeof frame->bytes, NULL, &io), &bytes);
    const int more = error == ERROR_MORE_DATA;
    if (error && !more) break;
    error = 0;
    // A pipe of bytes gives none only at odd moments; nobody is to take that for an end.
    if (!bytes && !joint->messages) continue;
    frame->head = (struct sh_frame){SH_DATA, more ? SH_FRAME_MORE : 0, bytes};
    if (linux_send(joint->channel, &frame->head, sizeof frame->head, frame->bytes, bytes, 0)) break;
  }
  free(frame);
  say_end(joint, error == ERROR_PIPE_NOT_CONNECTED ? SH_DISCONNECT : SH_CLOSE);
  linux_shutdown_write(joint->channel);
  return 0;
}

struct message {
  uint8_t *bytes;
  uint32_t used, room;
};

static int append(struct message *message, const uint8_t *bytes, uint32_t count) {
  if (count > MOST_MESSAGE - message->used) return 0;
  if (message->used + count > message->room) {
    const uint32_t room = message->used + count + SH_FRAME_BYTES;
    uint8_t *more = realloc(message->bytes, room);
    if (!more) return 0;
    message->bytes = more;
    message->room = room;
  }
  memcpy(message->bytes + message->used, bytes, count);
  message->used += count;
  return 1;
}

static int write_all(struct joint *joint, const uint8_t *bytes, uint32_t count) {
  OVERLAPPED io = {.hEvent = joint->write_done};
  DWORD written = 0;
  return finish(joint->pipe, &io, WriteFile(joint->pipe, bytes, count, NULL, &io), &written) == 0;
}

// Until the other side ends; gives the kind of its last frame.
static uint16_t channel_to_pipe(struct joint *joint) {
  struct frame *frame = malloc(sizeof *frame);
  struct message message = {0};
  uint16_t end = SH_CLOSE;
  while (frame) {
    const long long size = linux_receive(joint->channel, frame, sizeof *frame, NULL);
    if (size < (long long)sizeof frame->head || frame->head.bytes != (uint64_t)size - sizeof frame->head) break;
    if (frame->head.kind != SH_DATA) {
      end = frame->head.kind;
      break;
    }
    const int more = joint->messages && (frame->head.flags & SH_FRAME_MORE);
    if (!more && !message.used) {
      if (!write_all(joint, frame->bytes, frame->head.bytes)) break;
      continue;
    }
    if (!append(&message, frame->bytes, frame->head.bytes)) break;
    if (more) continue;
    if (!write_all(joint, message.bytes, message.used)) break;
    message.used = 0;
  }
  free(message.bytes);
  free(frame);
  return end;
}

static void join(HANDLE pipe, int channel, int messages, int server) {
  struct joint joint = {.pipe = pipe, .channel = channel, .messages = messages, .server = server};
  joint.read_done = CreateEventW(NULL, TRUE, FALSE, NULL);
  joint.write_done = CreateEventW(NULL, TRUE, FALSE, NULL);
  joint.reader = CreateThread(NULL, 64 * 1024, pipe_to_channel, &joint, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  const uint16_t end = joint.reader ? channel_to_pipe(&joint) : SH_CLOSE;
  // What was written stays readable for the other end after the handle is closed, but not after a disconnect.
  if (end == SH_DISCONNECT && server) DisconnectNamedPipe(pipe);
  while (joint.reader && WaitForSingleObject(joint.reader, 10) == WAIT_TIMEOUT) {
    CancelIoEx(pipe, NULL);
    linux_shutdown(channel);
  }
  CloseHandle(pipe);
  if (joint.reader) CloseHandle(joint.reader);
  CloseHandle(joint.read_done);
  CloseHandle(joint.write_done);
  linux_close(channel);
}

// ACCESS bits to an access mask: a handle may do what the asker's may.
static DWORD mask_of(uint32_t access) {
  DWORD mask = FILE_READ_ATTRIBUTES | SYNCHRONIZE;
  if (access & 1) mask |= GENERIC_READ | FILE_WRITE_ATTRIBUTES;
  if (access & 2) mask |= GENERIC_WRITE;
  return mask;
}

static void open_real(struct order *order) {
  HANDLE pipe = CreateFileW(order->name, mask_of(order->said.access), 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED | (DWORD)order->said.extra[0], NULL);
  DWORD flags = 0, out_bytes = 0, in_bytes = 0, most = 0, mode = PIPE_READMODE_MESSAGE;
  ULONG server = 0;
  if (pipe == INVALID_HANDLE_VALUE) {
    report(order, last_status());
    return linux_close(order->channel);
  }
  GetNamedPipeInfo(pipe, &flags, &out_bytes, &in_bytes, &most);
  GetNamedPipeServerProcessId(pipe, &server);
  const int messages = (flags & PIPE_TYPE_MESSAGE) != 0;
  if (messages && (order->said.access & 1)) SetNamedPipeHandleState(pipe, &mode, NULL, NULL);
  order->report.extra[0] = flags;
  order->report.extra[1] = out_bytes;
  order->report.extra[2] = in_bytes;
  order->report.extra[3] = most;
  order->report.extra[4] = server;
  report(order, STATUS_SUCCESS);
  join(pipe, order->channel, messages, 0);
}

static int wait_for_client(HANDLE pipe) {
  OVERLAPPED io = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
  DWORD bytes, error = ConnectNamedPipe(pipe, &io) ? 0 : GetLastError();
  if (error == ERROR_IO_PENDING) {
    error = WaitForSingleObject(io.hEvent, WAIT_FOR_CLIENT_MS);
    if (error) CancelIoEx(pipe, &io), GetOverlappedResult(pipe, &io, &bytes, TRUE);
  }
  CloseHandle(io.hEvent);
  return error == 0 || error == ERROR_PIPE_CONNECTED;
}

static void stand_in(struct order *order) {
  const int messages = (order->said.extra[0] & PIPE_TYPE_MESSAGE) != 0;
  const DWORD type = messages ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : PIPE_TYPE_BYTE;
  // The buffers as the owner's: a client that asks is told the truth. In and out change sides with us.
  HANDLE pipe = CreateNamedPipeW(order->name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE, type, 1,
                                 (DWORD)order->said.extra[1], (DWORD)order->said.extra[2], 0, NULL);
  if (pipe == INVALID_HANDLE_VALUE) {
    report(order, last_status());
    return linux_close(order->channel);
  }
  report(order, STATUS_SUCCESS);
  if (wait_for_client(pipe)) return join(pipe, order->channel, messages, 1);
  CloseHandle(pipe);
  linux_close(order->channel);
}

static void wait_real(struct order *order) {
  const BOOL free = WaitNamedPipeW(order->name, order->said.extra[0] ? (DWORD)order->said.extra[0] : NMPWAIT_USE_DEFAULT_WAIT);
  report(order, free ? STATUS_SUCCESS : last_status());
}

void obey_pipe(struct order *order) {
  if (order->said.say == SH_OPEN && order->channel >= 0) return open_real(order);
  if (order->said.say == SH_STAND && order->channel >= 0) return stand_in(order);
  if (order->said.say == SH_WAIT) return wait_real(order);
  report(order, STATUS_NOT_IMPLEMENTED);
}
