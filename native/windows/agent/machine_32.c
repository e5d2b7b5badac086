// Processes of 32 bits. A stub is `mov eax,N; mov edx,THUNK; call edx; ret BYTES`, and its library's one thunk jumps to the
// dispatcher, whose address stands in the library's data. win32u gets that address after we are told of it, so it is the
// thunks that are changed.
#ifndef _WIN64
#include "machine.h"

#include <string.h>

// In: eax the number; [esp] the return into the stub, [esp+4] to the caller, the arguments behind. A handler takes them
// off the stack itself, as the stub would have.
__asm__(
    ".text\n"
    ".globl _our_dispatcher\n"
    "_our_dispatcher:\n"
    "  cmpl $0x2000, %eax\n"
    "  jae 1f\n"
    "  movl _hook_table(,%eax,4), %edx\n"
    "  testl %edx, %edx\n"
    "  jz 1f\n"
    "  addl $4, %esp\n"
    "  jmp *%edx\n"
    "1:\n"
    "  jmp *_wine_dispatcher\n");
void our_dispatcher(void);

enum { AT_NUMBER = 1, AT_THUNK = 6, CODE_BYTES = 16 };

int number_of(const uint8_t *code) {
  static const uint8_t then[] = {0xff, 0xd2, 0xc2};
  if (!code || code[0] != 0xb8 || code[5] != 0xba || memcmp(code + 10, then, sizeof then)) return -1;
  uint32_t number;
  memcpy(&number, code + AT_NUMBER, sizeof number);
  return number < CALLS ? (int)number : -1;
}

void make_stub(uint8_t *at, const uint8_t *code) {
  memcpy(at, code, CODE_BYTES);
  memcpy(at + AT_THUNK, &wine_dispatcher, sizeof wine_dispatcher);
}

static uint8_t *thunk_of(const uint8_t *stub) {
  uint8_t *thunk;
  memcpy(&thunk, stub + AT_THUNK, sizeof thunk);
  return thunk;
}

// `jmp [address]`
void find_dispatcher(const uint8_t *stub) {
  const uint8_t *thunk = thunk_of(stub);
  void **slot;
  if (thunk[0] != 0xff || thunk[1] != 0x25) return;
  memcpy(&slot, thunk + 2, sizeof slot);
  wine_dispatcher = *slot;
}

void put_dispatcher(const uint8_t *stub) {
  uint8_t *thunk = thunk_of(stub);
  void *at = thunk;
  SIZE_T size = kJumpBytes;
  ULONG before;
  if (NtProtectVirtualMemory((HANDLE)-1, &at, &size, PAGE_EXECUTE_READWRITE, &before)) return;
  write_jump(thunk, (void *)our_dispatcher);
  NtProtectVirtualMemory((HANDLE)-1, &at, &size, before, &before);
}

const uint32_t kJumpBytes = 5;
void write_jump(uint8_t *at, const void *to) {
  const uint32_t distance = (uint32_t)(uintptr_t)to - (uint32_t)(uintptr_t)(at + kJumpBytes);
  at[0] = 0xe9;
  memcpy(at + 1, &distance, sizeof distance);
}

const uint8_t kIdle[] = {0x8b, 0xff};  // mov edi,edi
const uint32_t kIdleBytes = sizeof kIdle;

uint32_t movable(const uint8_t *code) {
  if ((code[0] & 0xf8) == 0x50) return 1;
  if ((code[0] == 0x89 || code[0] == 0x85) && code[1] >= 0xc0) return 2;
  if (code[0] == 0x83 && (code[1] == 0xec || code[1] == 0xe4)) return 3;  // sub esp, and esp
  if (code[0] == 0x81 && code[1] == 0xec) return 6;
  return 0;
}

#endif
typedef int machine_32;  // else there is nothing in this file
