// Handles of this process to stand-ins for what other VMs own: mutexes, events, semaphores, timers. Each has a line, or
// several where threads use it at once, to the dock that has the real thing.
#ifndef SHUTTLE_FAR_H
#define SHUTTLE_FAR_H

#include "line.h"

#undef far  // windows.h's, of another age

struct far_thing;

// The thing behind a handle; null for every other handle, which costs next to nothing where there is none at all.
struct far_thing *far_of(HANDLE handle);
enum sh_op far_op(const struct far_thing *far);   // OP_MUTEX_OPEN and its kin
int far_may_change(const struct far_thing *far);  // the handle's rights, as Wine would ask for them
int far_may_query(const struct far_thing *far);

// After an answer of SH_STAND_IN: opens the stand-in with `open` and remembers the handle. `op` is the
// kind, `asked` what the question was about; `named`: the program's own.
typedef NTSTATUS(NTAPI *far_opener)(HANDLE *, ACCESS_MASK, ATTRIBUTES);
NTSTATUS far_open(enum sh_op op, enum sh_op asked, const struct name *name, const struct answer *answer, far_opener open, HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named);
void far_forget(HANDLE handle);
void far_copy(HANDLE from, HANDLE to);

// One call over one of its lines; false where the other side is gone: then the stand-in is all there is.
int far_call(struct far_thing *far, enum sh_verb verb, const int64_t *values, struct sh_sync *answer);
void far_tell(struct far_thing *far, enum sh_verb verb, uint16_t flags);
// The same for a call that waits for as long as it likes. False too where no line is to be had for that.
int far_wait(struct far_thing *far, int64_t timeout, struct sh_sync *answer);

#endif
