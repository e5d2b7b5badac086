// What is different in processes of 64 and of 32 bits: how a stub makes a system call, how a function is built, which
// instructions a jump takes. machine_64.c and machine_32.c, of which the one that is compiled has something in it.
#ifndef SHUTTLE_MACHINE_H
#define SHUTTLE_MACHINE_H

#include "nt.h"

#define CALLS 0x2000u      // numbers of ntdll from 0, of win32u from 0x1000
extern void *hook_table[CALLS];  // by number: the handler; null: none of ours
extern void *wine_dispatcher;

// The number of the call that a stub of Wine's makes; -1 where the code is not such a stub.
int number_of(const uint8_t *code);

// A private stub that makes the same call by Wine's dispatcher.
#define STUB_BYTES 32
void make_stub(uint8_t *at, const uint8_t *code);

// Where the stubs of ntdll look for the dispatcher: what is there becomes `wine_dispatcher`, or nothing does.
void find_dispatcher(const uint8_t *stub);
// Has the stubs of this one's library go by ours.
void put_dispatcher(const uint8_t *stub);

// A jump to anywhere, and an instruction that does nothing at the beginning of a function that is made to be patched.
extern const uint32_t kJumpBytes, kIdleBytes;
extern const uint8_t kIdle[];
void write_jump(uint8_t *at, const void *to);

// Bytes of a plain instruction that means the same anywhere: pushes, moves between registers and tests of them,
// room made on the stack. 0: it is another.
uint32_t movable(const uint8_t *code);

#endif
