// Processes of 64 bits. Wine's system call stubs end in `call [0x7ffe1000]`: one private writable page of each process
// holds the dispatcher's address there. Ours looks the number up and enters a handler with the call's own prototype, or
// goes on to Wine's; that one resumes at *return address minus 11*, where a `ret` must stand, so a copy of a stub keeps
// the geometry.
#ifdef _WIN64
#include "machine.h"

#include <string.h>

#define SLOT ((void *volatile *)0x7ffe1000)

// In: eax the number; r10, rdx, r8, r9 the arguments; [rsp] the return into the stub, [rsp+8] to the caller. Only r11
// and rcx may change on the way.
__asm__(
    ".text\n"
    ".globl our_dispatcher\n"
    "our_dispatcher:\n"
    "  cmpl $0x2000, %eax\n"
    "  jae 1f\n"
    "  leaq hook_table(%rip), %r11\n"
    "  movq (%r11,%rax,8), %r11\n"
    "  testq %r11, %r11\n"
    "  jz 1f\n"
    "  addq $8, %rsp\n"
    "  movq %r10, %rcx\n"
    "  jmp *%r11\n"
    "1:\n"
    "  jmp *wine_dispatcher(%rip)\n");
void our_dispatcher(void);

// `mov r10,rcx; mov eax,N; test byte [0x7ffe0308],1`
int number_of(const uint8_t *code) {
  static const uint8_t head[] = {0x4c, 0x8b, 0xd1, 0xb8}, then[] = {0xf6, 0x04, 0x25, 0x08, 0x03, 0xfe, 0x7f, 0x01};
  if (!code || memcmp(code, head, sizeof head) || memcmp(code + 8, then, sizeof then)) return -1;
  uint32_t number;
  memcpy(&number, code + 4, sizeof number);
  return number < CALLS ? (int)number : -1;
}

void make_stub(uint8_t *at, const uint8_t *code) {
  static const uint8_t stub[24] = {0x4c, 0x8b, 0xd1, 0xb8, 0, 0, 0, 0, 0xeb, 0x05, 0xc3, 0x90,
                                   0x90, 0x90, 0x90, 0xff, 0x15, 0x03, 0, 0, 0, 0xc3, 0, 0};
  memcpy(at, stub, sizeof stub);
  memcpy(at + 4, code + 4, 4);
  memcpy(at + sizeof stub, &wine_dispatcher, sizeof wine_dispatcher);
}

void find_dispatcher(const uint8_t *stub) {
  (void)stub;
  wine_dispatcher = *SLOT;
}

void put_dispatcher(const uint8_t *stub) {
  (void)stub;
  *SLOT = (void *)our_dispatcher;
}

// `jmp [rip]` and the address.
static const uint8_t kJump[6] = {0xff, 0x25, 0, 0, 0, 0};
const uint32_t kJumpBytes = sizeof kJump + sizeof(void *);
void write_jump(uint8_t *at, const void *to) {
  memcpy(at, kJump, sizeof kJump);
  memcpy(at + sizeof kJump, &to, sizeof to);
}

const uint8_t kIdle[] = {0x48, 0x8d, 0xa4, 0x24, 0, 0, 0, 0};  // lea rsp,[rsp+0]
const uint32_t kIdleBytes = sizeof kIdle;

uint32_t movable(const uint8_t *code) {
  const int rex = (code[0] & 0xf0) == 0x40;
  const uint8_t *op = code + rex;
  if ((op[0] & 0xf8) == 0x50) return (uint32_t)rex + 1;
  if ((op[0] == 0x89 || op[0] == 0x85) && op[1] >= 0xc0) return (uint32_t)rex + 2;
  if (rex && op[0] == 0x83 && (op[1] == 0xec || op[1] == 0xc4)) return 4;
  if (rex && op[0] == 0x81 && op[1] == 0xec) return 7;
  return 0;
}

#endif
typedef int machine_64;  // else there is nothing in this file
