// What all kinds of named objects of the session's and the machine's folders have in common.
#ifndef SHUTTLE_OBJECTS_H
#define SHUTTLE_OBJECTS_H

#include "line.h"

static inline int is_missing(NTSTATUS status) { return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND; }

// Tells the engine of a name that was made new here, where others may reach it, with what the owner's dock is to know of it.
// False where another VM made it a moment before.
int is_first(enum sh_op op, const struct name *name, NTSTATUS status, uint64_t sort);
// The name stays this VM's own all the same.
void keep_own(enum sh_op op, const struct name *name, uint64_t sort);

#endif
