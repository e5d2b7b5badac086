// Named pipes and mailslots: recorded when served and opened; what is not found here may be another VM's.
#include "hook.h"
#include "line.h"

#include <string.h>

// The same open, turned to the stand-in that the engine had made for us.
static NTSTATUS open_stand_in(const struct answer *answer, HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named, IO_STATUS_BLOCK *io, ULONG sharing, ULONG options);

static int is_missing(NTSTATUS status) {
  return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND || status == STATUS_OBJECT_NAME_INVALID;
}

struct opening {
  HANDLE *opened;
  ACCESS_MASK access;
  ATTRIBUTES named;
  IO_STATUS_BLOCK *io;
  ULONG sharing, options;
};

static NTSTATUS look_elsewhere(const struct opening *what, enum sh_op op, const struct name *name, NTSTATUS missing) {
  struct answer answer;
  if (!ask(op, name, access_bits(what->access), NULL, NULL, &answer)) {
    note(op, name, access_bits(what->access), missing, NULL);
    return missing;
  }
  if (answer.verdict != SH_STAND_IN) return answer.status ? answer.status : missing;
  return open_stand_in(&answer, what->opened, what->access, what->named, what->io, what->sharing, what->options);
}

static NTSTATUS after_open(const struct opening *what, NTSTATUS status) {
  struct name name;
  const enum place place = name_file(what->named, &name);
  if ((place != PLACE_PIPE && place != PLACE_MAILSLOT) || !name.chars) return status;
  const enum sh_op op = place == PLACE_PIPE ? OP_PIPE_CONNECT : OP_MAILSLOT_SEND;
  if (is_missing(status)) return look_elsewhere(what, op, &name, status);
  note(op, &name, access_bits(what->access), status, NULL);
  return status;
}

HOOK(NTSTATUS, NtCreateFile, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named, IO_STATUS_BLOCK *io, LARGE_INTEGER *size, ULONG kind, ULONG sharing, ULONG how, ULONG options, void *extra, ULONG extra_bytes)) {
  const NTSTATUS status = ORIGINAL(NtCreateFile)(opened, access, named, io, size, kind, sharing, how, options, extra, extra_bytes);
  return after_open(&(struct opening){opened, access, named, io, sharing, options}, status);
}
HOOK(NTSTATUS, NtOpenFile, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named, IO_STATUS_BLOCK *io, ULONG sharing, ULONG options)) {
  const NTSTATUS status = ORIGINAL(NtOpenFile)(opened, access, named, io, sharing, options);
  return after_open(&(struct opening){opened, access, named, io, sharing, options}, status);
}

static NTSTATUS open_stand_in(const struct answer *answer, HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named, IO_STATUS_BLOCK *io, ULONG sharing, ULONG options) {
  UNICODE_STRING text = {answer->name_bytes, answer->name_bytes, (WCHAR *)answer->name_text};
  OBJECT_ATTRIBUTES there = *named;
  there.RootDirectory = NULL;
  there.ObjectName = &text;
  return ORIGINAL(NtOpenFile)(opened, access, &there, io, sharing, options);
}

HOOK(NTSTATUS, NtCreateNamedPipeFile,
     (HANDLE * made, ULONG access, ATTRIBUTES named, IO_STATUS_BLOCK *io, ULONG sharing, ULONG how, ULONG options, ULONG type, ULONG read_mode, ULONG completion, ULONG most, ULONG in_bytes, ULONG out_bytes, LARGE_INTEGER *timeout)) {
  const NTSTATUS status = ORIGINAL(NtCreateNamedPipeFile)(made, access, named, io, sharing, how, options, type, read_mode, completion, most, in_bytes, out_bytes, timeout);
  struct name name;
  if (name_file(named, &name) != PLACE_PIPE || !name.chars) return status;
  if (!NT_ERROR_(status)) serve(OP_PIPE_SERVE, &name, NULL);
  note(OP_PIPE_SERVE, &name, access_bits(access), status, NULL);
  return status;
}

// WaitNamedPipe: the name comes in the buffer of a request to the folder of pipes.
struct pipe_wait {
  LARGE_INTEGER timeout;  // negative: from now, in 100 ns; the least number: for ever
  ULONG name_bytes;
  BOOLEAN has_timeout;
  WCHAR name[1];
};

static uint64_t milliseconds(const struct pipe_wait *wait) {
  if (!wait->has_timeout) return 0;  // the server's own
  const int64_t left = wait->timeout.QuadPart;
  return left == INT64_MIN ? UINT32_MAX : left < 0 ? (uint64_t)(-left / 10000) : 0;
}

HOOK(NTSTATUS, NtFsControlFile, (HANDLE file, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *io, ULONG code, void *in, ULONG in_bytes, void *out, ULONG out_bytes)) {
  const NTSTATUS status = ORIGINAL(NtFsControlFile)(file, event, apc, context, io, code, in, in_bytes, out, out_bytes);
  const struct pipe_wait *wait = in;
  if (code != FSCTL_PIPE_WAIT_ || !wait || in_bytes < offsetof(struct pipe_wait, name)) return status;
  if (wait->name_bytes > in_bytes - offsetof(struct pipe_wait, name)) return status;
  const struct name name = {"\\\\.\\pipe\\", wait->name, wait->name_bytes / sizeof(WCHAR)};
  const uint64_t extra[4] = {1, milliseconds(wait), 0, 0};
  struct answer answer;
  if (is_missing(status) && ask(OP_PIPE_CONNECT, &name, 0, extra, "{\"wait\":true}", &answer))
    return answer.verdict == SH_DONE ? answer.status : status;
  note(OP_PIPE_CONNECT, &name, 0, status, "{\"wait\":true}");
  return status;
}

HOOK(NTSTATUS, NtCreateMailslotFile, (HANDLE * made, ULONG access, ATTRIBUTES named, IO_STATUS_BLOCK *io, ULONG options, ULONG quota, ULONG most, LARGE_INTEGER *timeout)) {
  const NTSTATUS status = ORIGINAL(NtCreateMailslotFile)(made, access, named, io, options, quota, most, timeout);
  struct name name;
  if (name_file(named, &name) != PLACE_MAILSLOT || !name.chars) return status;
  if (!NT_ERROR_(status)) serve(OP_MAILSLOT_SERVE, &name, NULL);
  note(OP_MAILSLOT_SERVE, &name, access_bits(access), status, NULL);
  return status;
}
