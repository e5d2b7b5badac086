// Things that are waited for (mutexes, events, semaphores, timers) and used from another VM, at their owner's.
//
// The real thing stays where it is and Wine's server arbitrates, as among programs of one machine. For all users of one
// other VM there is a share here: their lines (agents', each served by a thread), and a channel to the stand-in of that
// VM's dock, a local thing of the same kind that is free only while the real one is lent to that VM. A user that begins to
// wait says so (SH_WANT); then the share's seeker waits for the real thing, takes it, and has the stand-in let it be taken
// (SH_PUT). When nobody waits any more it is called back (SH_TAKE_BACK) and, where it was not used up, put back.
#ifndef SHUTTLE_SHARE_H
#define SHUTTLE_SHARE_H

#include "dock.h"

enum place {
  AT_HOME,      // not ours, nobody waits
  TRYING,       // the seeker looks whether it is free
  WAITING,      // the seeker waits for it
  PLACING,      // the stand-in was told to let it be taken
  PLACED,       // it may be taken there
  COMING_BACK,  // the stand-in was told to give it back
};

struct share {
  struct share *next;
  uint64_t number;  // as the engine calls it
  uint32_t op;      // enum sh_op of the kind
  HANDLE real;
  int manual;       // whoever waits gets it: nothing is used up
  int stand_in;     // the channel
  HANDLE nudge;     // wakes the seeker
  CRITICAL_SECTION lock;
  CONDITION_VARIABLE changed;
  enum place place;
  int wants, lines, had_lines, taken;
  int stash;        // one unit that cannot be put back (a timer's)
  int left;         // its holder died
  int over, references;
};

// The thing itself.
NTSTATUS open_real(struct order *order, HANDLE *real, int *manual);
NTSTATUS do_verb(uint32_t op, HANDLE real, const struct sh_sync *said, struct sh_sync *answer);
void put_back(struct share *share);  // a unit that was taken and not used

// Under the lock: what follows from what has just changed.
void settle(struct share *share);

DWORD WINAPI seek(void *share);
void serve_line(struct share *share, int channel);
void leave(struct share *share);  // drops a reference
void stand_in(struct order *order);

#endif
