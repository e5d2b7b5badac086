// What all kinds of named objects of the session's and the machine's folders have in common.
#ifndef SHUTTLE_OBJECTS_H
#define SHUTTLE_OBJECTS_H

#include "line.h"

static inline int is_missing(NTSTATUS status) { return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND; }

// Records that a name was made here, or was there already; a new one is told the engine first, where others may reach it.
void note_made(enum sh_op op, const struct name *name, ACCESS_MASK access, NTSTATUS status);
// The same with what the owner's dock is to know of it, by operation.
void note_made_as(enum sh_op op, const struct name *name, ACCESS_MASK access, NTSTATUS status, uint64_t sort);

#endif
