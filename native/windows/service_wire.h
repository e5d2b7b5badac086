// What is asked about a service of another VM: the first of the four numbers of a question (docs/windows.md), and of an
// order to the owner's dock. The name comes as the object; a start's arguments, each behind a zero, as the second text.
#ifndef SHUTTLE_SERVICE_WIRE_H
#define SHUTTLE_SERVICE_WIRE_H

#include <stdint.h>

enum sh_service_verb {
  SH_SERVICE_OPEN = 1,     // is it there? extra[1]: the rights asked for
  SH_SERVICE_STATUS = 2,   // the four numbers below
  SH_SERVICE_CONFIG = 3,   // extra as below; the text is SH_CONFIG_TEXTS texts of 16-bit characters, each ended by a zero
  SH_SERVICE_START = 4,
  SH_SERVICE_CONTROL = 5,  // extra[1]: which. Answered with the status
};

// Two 32-bit values in each number of an answer.
#define SH_PAIR(low, high) ((uint64_t)(uint32_t)(low) | (uint64_t)(uint32_t)(high) << 32)
// Of a status: kind, state; controls accepted, exit code; the service's own exit code, check point; wait hint, process.
// Of a configuration: kind, start; error control, tag. Texts: path, group, dependencies (joined by `/`), account, display name.
#define SH_CONFIG_TEXTS 5
#define SH_MOST_SERVICE_TEXT 3600u  // bytes

// A Win32 error where an NTSTATUS is expected (0: none), and back.
#define SH_WIN32_STATUS(error) ((error) ? (int32_t)(0xC0070000u | ((error) & 0xffffu)) : 0)
#define SH_WIN32_ERROR(status) ((uint32_t)(status) & 0xffffu)

#endif
