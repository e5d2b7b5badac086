#include "patch.h"

#include <string.h>

#include "export.h"
#include "machine.h"

static struct patch *const first_mark __attribute__((section(".ptchs$a"), used)) = NULL;
static struct patch *const last_mark __attribute__((section(".ptchs$z"), used)) = NULL;

// Before the function a jump to the handler, in the padding; a short jump back to it in place of the idle instruction.
enum { PADDING = 16 };

static int is_padding(const uint8_t *at) {
  for (int i = 0; i < PADDING; i++)
    if (at[i] != 0xcc && at[i] != 0x90) return 0;
  return 1;
}

static uint8_t *room_for_copies(void) {
  static uint8_t *room;
  SIZE_T size = 4096;
  void *at = NULL;
  if (!room && !NtAllocateVirtualMemory((HANDLE)-1, &at, 0, &size, MEM_COMMIT, PAGE_EXECUTE_READWRITE)) room = at;
  return room;
}

// Functions that are built like any other: whole instructions from their beginning go elsewhere, where a jump behind them
// leads back. Only such as mean the same anywhere.
static void move_function(struct patch *patch, uint8_t *code) {
  enum { MOST_COPY = 64, MOST_COPIES = 4096 / MOST_COPY };
  static uint32_t copies;
  uint32_t bytes = 0, more;
  while (bytes < kJumpBytes && (more = movable(code + bytes))) bytes += more;
  uint8_t *room = room_for_copies();
  void *at = code;
  SIZE_T size = kJumpBytes;
  ULONG before;
  if (bytes < kJumpBytes || !room || copies == MOST_COPIES) return;
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
  SIZE_T size = PADDING + kIdleBytes;
  ULONG before;
  if (memcmp(code, kIdle, kIdleBytes) || !is_padding(code - PADDING)) return move_function(patch, code);
  if (NtProtectVirtualMemory((HANDLE)-1, &at, &size, PAGE_EXECUTE_READWRITE, &before)) return;
  write_jump(code - kJumpBytes, patch->handler);
  patch->original = code + kIdleBytes;
  code[0] = 0xeb;
  code[1] = (uint8_t)-(kJumpBytes + 2);
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
