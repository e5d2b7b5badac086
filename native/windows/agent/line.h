// The agent's line to the engine: rows into the ring, questions over a socket.
//
// A row says what happened inside the VM; the engine adds who did it. A question is asked only where a name is not found
// here (`ask`), or when a name that others may reach comes to be (`serve`). All are safe in any handler, from any thread.
#ifndef SHUTTLE_LINE_H
#define SHUTTLE_LINE_H

#include "../ops.h"
#include "../wire.h"
#include "names.h"
#include "nt.h"

// At start: true where the engine answered.
int open_line(void);

// Writes a row: `verdict` is passed for what succeeded here and absent for what is nowhere. `detail` is a JSON object or
// null. Never waits for longer than the engine needs to look into a full ring.
void note(enum sh_op op, const struct name *object, uint32_t access, NTSTATUS status, const char *detail);

// The same for what ran on the VM's private copy of something outside.
void note_redirected(enum sh_op op, const struct name *object, uint32_t access, NTSTATUS status);
// Whether this process said the same lately: for what is done over and over and says nothing new.
int seen_before(enum sh_op op, const struct name *object, NTSTATUS status);

ULONG_PTR own_pid(void);  // as Windows numbers them
ULONG_PTR own_tid(void);

struct answer {
  enum sh_verdict verdict;
  NTSTATUS status;       // what to give the program where nothing is carried and the engine says so; else 0
  uint64_t extra[4];
  int fd;                // SH_DESCRIPTOR: ours now; else -1
  USHORT name_bytes;     // SH_STAND_IN: the private name to open instead, below
  WCHAR name_text[128];
};

// Whether asking about this name makes sense (else a name that is not found is just that, and a row says so).
int may_ask(enum sh_op op, const struct name *object);
// Asks what is to become of a name that is not found here. The engine records the row. `extra` (four numbers by
// operation, may be null) and `detail` (may be null) go along. False, and SH_ABSENT, where nobody answers.
int ask(enum sh_op op, const struct name *object, uint32_t access, const uint64_t *extra, const char *detail, struct answer *answer);
// The same with a second text behind the name: a window's title behind its class.
int ask_two(enum sh_op op, const struct name *object, const struct name *second, uint32_t access, const uint64_t *extra, const char *detail, struct answer *answer);
// The same for what is answered by a text of any bytes: at most `room` of them into `text`; gives how many.
struct told_text {
  uint8_t *text;
  uint32_t room, bytes;
};
int ask_for_text(enum sh_op op, const struct name *object, const struct name *second, uint32_t access, const uint64_t *extra, struct answer *answer, struct told_text *told);
// Whether others may reach such a name once it is made.
int may_serve(enum sh_op op, const struct name *object);
// Says that this process has made a name, and returns when the engine knows it. False where another VM made it a moment
// before, so that it is to be asked for; where that leads to nothing, `extra[3]` says that it is this VM's own.
int serve(enum sh_op op, const struct name *object, const uint64_t *extra);

#endif
