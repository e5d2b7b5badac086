// Taking Win32 functions that are no system call of their own: what a library decides before it asks the kernel.
//
//   PATCH("sechost.dll", BOOL, ControlService, (SC_HANDLE service, DWORD control, SERVICE_STATUS *status)) {
//     if (!is_far(service)) return PATCHED(ControlService)(service, control, status);
//     …
//   }
//
// Wine builds its exported functions to be patched: 16 bytes of padding, then an instruction of 8 bytes that does nothing.
// A handler enters itself into the table, as with HOOK; a function that is built otherwise is left alone, and the handler
// unused. The library is patched when it is loaded, before any of its code has run.
#ifndef SHUTTLE_PATCH_H
#define SHUTTLE_PATCH_H

#include "nt.h"

struct patch {
  const char *library, *function;  // the library in lower case
  void *handler;
  void *original;  // behind the patch; null until the library is there
};

#define PATCH(library, ret, function, params)                                                              \
  typedef ret(WINAPI *function##_patched) params;                                                          \
  static ret WINAPI for_##function params;                                                                 \
  struct patch patch_##function = {library, #function, (void *)for_##function, NULL};                      \
  __attribute__((section(".ptchs$m"), used)) static struct patch *const patching_##function = &patch_##function; \
  static ret WINAPI for_##function params

#define PATCHED(function) ((function##_patched)patch_##function.original)

// A library was loaded.
void patch_library(const UNICODE_STRING *name, const void *base);

#endif
