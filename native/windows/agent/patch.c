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

static void patch_function(struct patch *patch, uint8_t *code) {
  void *at = code - PADDING;
  SIZE_T size = PADDING + sizeof kIdle;
  ULONG before;
  if (memcmp(code, kIdle, sizeof kIdle) || !is_padding(code - PADDING)) return;
  if (NtProtectVirtualMemory((HANDLE)-1, &at, &size, PAGE_EXECUTE_READWRITE, &before)) return;
  memcpy(code - FAR_JUMP, kJump, sizeof kJump);
  memcpy(code - sizeof(void *), &patch->handler, sizeof(void *));
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
