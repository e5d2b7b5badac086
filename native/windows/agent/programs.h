// Programs that run in another VM, for what starts them without naming them.
#ifndef SHUTTLE_AGENT_PROGRAMS_H
#define SHUTTLE_AGENT_PROGRAMS_H

#include "nt.h"

#define MOST_PATH 520

// The absolute name of a path in `out` (MOST_PATH characters); how many, 0 where it is too long.
uint32_t absolute_path(const WCHAR *path, uint32_t chars, WCHAR *out);
// Starts what stands in for the program that this ticket is for.
BOOL start_stand_in(uint64_t ticket, PROCESS_INFORMATION *made);

#endif
