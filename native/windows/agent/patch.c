#include "patch.h"

#include <string.h>

#include "export.h"

static struct patch *const first_mark __attribute__((section(".ptchs$a"), used)) = NULL;
static struct patch *const last_mark __attribute__((section(".ptchs$z"), used)) = NULL;

// `jmp [rip]` and the address in the padding before the function; `jmp` back to it in place of the idle instruction.
static const uint8_t kIdle[8] = {0x48, 0x8d, 0xa4, 0x24, 0, 0, 0, 0};
static const uint8_t kJump[6] = {0xff, 0x25, 0, 0, 0, 0};
enum { FAR_JUMP = sizeof kJump + sizeof(void *), PADDING = 16 };

static int is_padding(const uint8_t *at) {
  for (int i = 0; i < PADDING; i++)
    if (at[i] != 0xcc && at[i] != 0x90) return 0;
  return 1;
}

// Functions that are built like any other: whole instructions from their beginning go elsewhere, where a jump behind them
// leads back. Only such as mean the same anywhere: pushes, moves between registers and tests of them, room made
// on the stack.
static uint32_t movable(const uint8_t *code) {
  const int rex = (code[0] & 0xf0) == 0x40;
  const uint8_t *op = code + rex;
  if ((op[0] & 0xf8) == 0x50) return (uint32_t)rex + 1;
  if ((op[0] == 0x89 || op[0] == 0x85) && op[1] >= 0xc0) return (uint32_t)rex + 2;
  if (rex && op[0] == 0x83 && (op[1] == 0xec || op[1] == 0xc4)) return 4;
  if (rex && op[0] == 0x81 && op[1] == 0xec) return 7;
  return 0;
}

static void write_jump(uint8_t *at, const void *to) {
  memcpy(at, kJump, sizeof kJump);
  memcpy(at + sizeof kJump, &to, sizeof to);
}

static uint8_t *room_for_copies(void) {
  static uint8_t *room;
  SIZE_T size = 4096;
  void *at = NULL;
  if (!room && !NtAllocateVirtualMemory((HANDLE)-1, &at, 0, &size, MEM_COMMIT, PAGE_EXECUTE_READWRITE)) room = at;
  return room;
}

static void move_function(struct patch *patch, uint8_t *code) {
  enum { MOST_COPY = 64, MOST_COPIES = 4096 / MOST_COPY };
  static uint32_t copies;
  uint32_t bytes = 0, more;
  while (bytes < FAR_JUMP && (more = movable(code + bytes))) bytes += more;
  uint8_t *room = room_for_copies();
  void *at = code;
  SIZE_T size = FAR_JUMP;
  ULONG before;
  if (bytes < FAR_JUMP || !room || copies == MOST_COPIES) return;
  if (NtProtectVirtualMemory((HANDLE)-1, &at, &size, PAGE_EXECUTE_READWRITE, &before)) return;
  room += copies++ * MOST_COPY;
  memcpy(room, code, bytes);
  write_jump(room + bytes, code + bytes);
  patch->original = room;
  write_jump(code, patch->handler);
  NtProtectVirtualMemory((HANDLE)-1, &at, &size, before, &before);
}

static void patch_function(struct patch *patch, uint8_t *code) {
  void *at = code - PADDING;
  SIZE_T size = PADDING + sizeof kIdle;
  ULONG before;
  if (memcmp(code, kIdle, sizeof kIdle) || !is_padding(code - PADDING)) return move_function(patch, code);
  if (NtProtectVirtualMemory((HANDLE)-1, &at, &size, PAGE_EXECUTE_READWRITE, &before)) return;
  write_jump(code - FAR_JUMP, patch->handler);
  patch->original = code + sizeof kIdle;
  code[0] = 0xeb;
  code[1] = (uint8_t)-(FAR_JUMP + 2);
  NtProtectVirtualMemory((HANDLE)-1, &at, &size, before, &before);
}

static int is_called(const UNICODE_STRING *name, const char *wanted) {
  const uint32_t chars = name->Length / (uint32_t)sizeof(WCHAR);
  for (uint32_t i = 0; i < chars; i++)
    if (!wanted[i] || (name->Buffer[i] | 0x20) != (wanted[i] | 0x20)) return 0;
  return !wanted[chars];
}

void patch_library(const UNICODE_STRING *name, const void *base) {
  for (struct patch *const *each = &first_mark; each < &last_mark; each++) {
    if (!*each || (*each)->original || !is_called(name, (*each)->library)) continue;
    const void *code = find_export(base, (*each)->function);
    if (code) patch_function(*each, (uint8_t *)(ULONG_PTR)code);
  }
}
