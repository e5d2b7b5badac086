#pragma once
#include <fcntl.h>
#include <stdint.h>

// Where the reader opens files and asks about them, in every process that has it: the filter knows an open from here by the address that
// the kernel says it came from. Anything may be put here by anybody: being called from here proves nothing, and the
// filter lets through only what would be continued without being recorded.
namespace shuttle::gate {

// Far from where programs, heaps, libraries and stacks are put.
inline constexpr uint64_t kPage = 0x6f5348000000;
inline constexpr uint64_t kPageSize = 4096;

// int gate(int folder, const char* path, int flags, int mode): openat, as the kernel answers it.
inline constexpr unsigned char kCode[] = {
    0xf3, 0x0f, 0x1e, 0xfa,        // endbr64
    0xb8, 0x01, 0x01, 0x00, 0x00,  // mov $257 (openat), %eax
    0x49, 0x89, 0xca,              // mov %rcx, %r10
    0x0f, 0x05,                    // syscall
    0xc3,                          // ret
};
inline constexpr uint64_t kCalledFrom = kPage + sizeof kCode - 1;  // what follows the call: the kernel's instruction pointer

// long ask(long call, long a, long b, long c, long d, long e): one of the calls that ask about a name.
inline constexpr unsigned char kAskCode[] = {
    0xf3, 0x0f, 0x1e, 0xfa,  // endbr64
    0x48, 0x89, 0xf8,        // mov %rdi, %rax
    0x48, 0x89, 0xf7,        // mov %rsi, %rdi
    0x48, 0x89, 0xd6,        // mov %rdx, %rsi
    0x48, 0x89, 0xca,        // mov %rcx, %rdx
    0x4d, 0x89, 0xc2,        // mov %r8, %r10
    0x4d, 0x89, 0xc8,        // mov %r9, %r8
    0x0f, 0x05,              // syscall
    0xc3,                    // ret
};
inline constexpr uint64_t kAsk = kPage + 64;
inline constexpr uint64_t kAskedFrom = kAsk + sizeof kAskCode - 1;

// Any of these says that something may be changed.
inline constexpr uint32_t kChangingFlags = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

}  // namespace shuttle::gate
