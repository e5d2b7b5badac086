// Taking NT and win32u system calls: how a handler is added.
//
//   HOOK(NTSTATUS, NtCreateMutant, (HANDLE *made, ACCESS_MASK access, ATTRIBUTES named, BOOLEAN owned)) {
//     const NTSTATUS status = ORIGINAL(NtCreateMutant)(made, access, named, owned);
//     …
//     return status;
//   }
//
// That is all: a handler has the call's own prototype, stands in any file of this folder, and enters itself into the
// table that hook.c fills at start. The same name must not be hooked twice (the linker says so). The call's name is
// looked up among the exports of ntdll and win32u, and its number read from the stub there; a Wine that lacks the call
// leaves the handler unused. Handlers run on the caller's stack before and after the call, under whatever locks the
// caller holds (the loader's too): they must not allocate from the process heap, load libraries, or wait for others.
#ifndef SHUTTLE_HOOK_H
#define SHUTTLE_HOOK_H

#include "nt.h"

struct hook {
  const char *name;
  void *handler;
  void *original;  // a private stub that makes the call unhooked; null until the call was found
};

// Collected by the linker: `.hooks$m` lies between the marks that hook.c puts at `.hooks$a` and `.hooks$z`.
#define HOOK(ret, call, params)                                                                   \
  typedef ret(NTAPI *call##_original) params;                                                     \
  static ret NTAPI on_##call params;                                                              \
  struct hook hook_##call = {#call, (void *)on_##call, NULL};                                     \
  __attribute__((section(".hooks$m"), used)) static struct hook *const entry_##call = &hook_##call; \
  static ret NTAPI on_##call params

// A call of win32u that is only made, never taken. ORIGINAL is null until win32u is loaded.
#define USE(ret, call, params)                                                                    \
  typedef ret(NTAPI *call##_original) params;                                                     \
  static struct hook hook_##call = {#call, NULL, NULL};                                           \
  __attribute__((section(".hooks$m"), used)) static struct hook *const entry_##call = &hook_##call

// The same for an export that is no NT call, and leaves its arguments to the caller.
#define USE_C(ret, call, params)                                                                  \
  typedef ret(__cdecl *call##_original) params;                                                   \
  static struct hook hook_##call = {#call, NULL, NULL};                                           \
  __attribute__((section(".hooks$m"), used)) static struct hook *const entry_##call = &hook_##call

#define ORIGINAL(call) ((call##_original)hook_##call.original)

// Where user32 is loaded; null until it is. For what is no system call of its own.
extern const void *user32;

// Finds the calls and puts our dispatcher into its slot. False where this Wine is not built as we know it.
int install_hooks(void);

#endif
