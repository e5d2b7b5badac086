// What code inside a Windows VM (agent, dock; C) and the engine outside (C++) say to each other. Both sides compile this
// one file. Everything that comes from inside is a claim: the engine copies it, checks every length, and permits nothing
// because of it that the VM's rules do not already permit.
#ifndef SHUTTLE_WINDOWS_WIRE_H
#define SHUTTLE_WINDOWS_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define SH_VERSION 1u

// Agents are of 64 and of 32 bits, what they say is the same: nothing in it is as wide as an address.
#ifdef __cplusplus
#define SH_LAYOUT(what, is) static_assert((what) == (is), #what)
#else
#define SH_LAYOUT(what, is) _Static_assert((what) == (is), #what)
#endif

// The abstract unix name that leads to the engine: connect() to it is met by the engine itself, nothing listens there.
#define SH_DOOR "shuttle/agent"

// ---- The ring of events: a memory file, one for each process, mapped by the agent and by the engine.
//
// A writer reserves by moving `head`, fills its entry and sets the entry's `state` last. The reader goes from its own
// `tail`, which it never reads back from the memory. Positions count bytes since the beginning; the place is the position
// modulo SH_RING_BYTES; an entry that would cross the end is preceded by padding.
#define SH_RING_BYTES (256u * 1024)  // a power of two
#define SH_MOST_NAME (32u * 1024)    // bytes of a name in an event; longer ones are cut and marked
#define SH_MOST_DETAIL (8u * 1024)

struct sh_ring {
  uint32_t version;
  uint32_t half;   // set by a writer that rang at half; cleared by the reader
  uint64_t head;   // reserved up to here
  uint64_t tail;   // read up to here, for the writers
  uint64_t lost;   // events that found no room
  uint8_t unused[32];
  uint8_t data[SH_RING_BYTES];
};
SH_LAYOUT(sizeof(struct sh_ring), 64 + SH_RING_BYTES);
SH_LAYOUT(offsetof(struct sh_ring, head), 8);
SH_LAYOUT(offsetof(struct sh_ring, data), 64);

enum sh_state { SH_FREE = 0, SH_FILLED = 0x5245, SH_PADDING = 0x5041 };

struct sh_event {
  uint32_t state;        // enum sh_state; written last
  uint32_t bytes;        // of the whole entry, a multiple of 8
  uint16_t op;           // of native/contract/words.ts
  uint8_t verdict;       // enum sh_seen
  uint8_t flags;         // SH_EVENT_*
  int32_t tid;           // the thread as the VM's kernel numbers it
  int32_t status;        // NTSTATUS
  uint32_t access;       // ACCESS bits
  uint32_t object_bytes; // UTF-8 (a lone surrogate as three bytes), directly behind
  uint32_t detail_bytes; // a JSON object, behind the name
};
SH_LAYOUT(sizeof(struct sh_event), 32);
#define SH_EVENT_CUT 1u  // the name was longer
enum sh_seen { SH_SEEN_PASSED = 0, SH_SEEN_ABSENT = 1, SH_SEEN_BLOCKED = 2, SH_SEEN_REDIRECTED = 3 };

// ---- Messages between agent and engine: one packet each (SOCK_SEQPACKET), a head and then its texts.
#define SH_MOST_MESSAGE (96u * 1024 + 256)

// ---- The board: a memory file, one for each VM, mapped by its agents. It says which names need no question. A name is the
// bit that its hash picks; the hash takes case as ASCII has it and every other character as one and the same, since
// only the engine knows how NT folds those.
#define SH_THEIRS_BITS (1u << 20)
#define SH_EXPORTED_BITS (1u << 16)
struct sh_board {
  uint64_t ask_always;    // by operation: ask whatever the name is
  uint64_t serve_always;  // by operation: say SH_SERVE whatever the name is
  uint8_t theirs[SH_THEIRS_BITS / 8];      // what others own: a name without its bit is not to be had elsewhere
  uint8_t exported[SH_EXPORTED_BITS / 8];  // what others may reach
};
SH_LAYOUT(sizeof(struct sh_board), 16 + SH_THEIRS_BITS / 8 + SH_EXPORTED_BITS / 8);
#define SH_MIX_BEGIN 14695981039346656037u
static inline uint64_t sh_mix(uint64_t hash, uint32_t c) {
  const uint32_t folded = c >= 0x80 ? 1 : c >= 'a' && c <= 'z' ? c - 0x20 : c;
  return (hash ^ folded) * 1099511628211u;
}
static inline uint64_t sh_mixed(uint64_t hash) { return hash ^ hash >> 32; }

enum sh_say {
  SH_HELLO = 1,   // a process: answered by SH_WELCOME with the ring's descriptor. `object` is its image
  SH_MORE = 2,    // one more line of a process that has said hello (a thread that waits needs its own)
  SH_RING = 3,    // look into the ring; not answered
  SH_DRAIN = 4,   // look into the ring, then answer
  SH_ASK = 5,     // a name is not found here: what now? Answered by SH_ANSWER
  SH_SERVE = 6,   // this process owns a name now; answered, so that nobody can look for it before it is known
  SH_GONE = 7,    // it does no longer; not answered
  SH_BOARD = 8,   // the VM's board, please: answered with its descriptor
  SH_WELCOME = 16,
  SH_ANSWER = 17,
};

struct sh_message {
  uint32_t say;           // enum sh_say
  uint32_t op;
  uint32_t access;
  uint32_t flags;
  int32_t tid;
  uint32_t win_pid;
  uint64_t extra[4];      // by operation: see docs/windows.md
  uint32_t object_bytes;  // UTF-8, canonical
  uint32_t detail_bytes;  // JSON
};
SH_LAYOUT(sizeof(struct sh_message), 64);

struct sh_welcome {
  uint32_t say;      // SH_WELCOME
  uint32_t version;
  uint64_t serve;    // by operation, a bit each: others may reach what this VM owns, so say SH_SERVE before going on
  uint64_t ask;      // by operation: this VM may reach what others own, or what it misses is recorded: ask
};
SH_LAYOUT(sizeof(struct sh_welcome), 24);

struct sh_answer {
  uint32_t say;         // SH_ANSWER
  uint32_t verdict;     // enum sh_verdict
  int32_t status;       // NTSTATUS to give the program; 0: the agent's own of a thing that is not there
  uint32_t flags;
  uint64_t extra[4];
  uint32_t name_bytes;  // the stand-in's name, UTF-8: open this instead
  uint32_t unused;      // a descriptor may come along (SCM_RIGHTS)
};
SH_LAYOUT(sizeof(struct sh_answer), 56);
enum sh_verdict { SH_ABSENT = 0, SH_BLOCKED = 1, SH_STAND_IN = 2, SH_DESCRIPTOR = 3, SH_DONE = 4 };

// ---- Orders from the engine to a dock, on the dock's standard input (SOCK_SEQPACKET), and its reports.
// A channel is a socket pair that the engine makes; one end goes with the order to each of the two docks.
enum sh_order {
  SH_OPEN = 32,      // open what this VM owns (`name`) for another; the channel's end comes along. Reported with its status
  SH_STAND = 33,     // make a stand-in under the private name `name`; the channel's end comes along. Reported when it is there
  SH_WAIT = 34,      // wait until the owner has a free instance of `name` (extra[0]: milliseconds)
  SH_REPORT = 48,    // dock to engine: how an order ended
  SH_READY = 49,     // dock to engine: it is there
  SH_LEAVING = 50,   // dock to engine: the VM's last program has ended, and so does it. An end without this is a loss
};

struct sh_dock_message {
  uint32_t say;         // enum sh_order
  uint32_t number;      // of the order; a report carries its order's
  uint32_t op;          // which kind
  int32_t status;       // NTSTATUS, in a report
  uint32_t access;
  uint32_t flags;
  uint64_t extra[6];    // by operation: see docs/windows.md
  uint32_t name_bytes;  // UTF-8
  uint32_t unused;
};

// ---- What docks say to each other over a channel (SOCK_SEQPACKET): frames.
#define SH_FRAME_BYTES (64u * 1024)
enum sh_frame_kind {
  SH_DATA = 1,      // one message, or a piece of one when SH_FRAME_MORE is set
  SH_CLOSE = 2,     // the sender's side was closed
  SH_DISCONNECT = 3 // the server disconnected (DisconnectNamedPipe)
};
#define SH_FRAME_MORE 1u
struct sh_frame {
  uint16_t kind;
  uint16_t flags;
  uint32_t bytes;  // that follow
};

// ---- What is said about an object that is waited for (mutex, event, semaphore, timer) to the dock that opened it, over
// the lines of its users, and between that dock and the one that stands in for it (SOCK_SEQPACKET, one struct each).
enum sh_verb {
  SH_SET = 1,    // event: set. Timer: values due (NT time), period in ms
  SH_RESET,      // event: reset. Timer: cancel
  SH_PULSE,      // event
  SH_RELEASE,    // semaphore, by values[0]
  SH_QUERY,      // what NtQueryEvent and its kin tell, in `values`
  SH_TAKE_NOW,   // wait here and now, values[0] in 100 ns (INT64_MAX: for ever), and take it
  SH_WANT,       // somebody begins to wait for the stand-in: answered when it was tried
  SH_UNWANT,     // he has ended; SH_TAKEN: and got it. Not answered
  SH_PUT,        // owner's dock to stand-in: it is yours, let it be taken. Answered
  SH_TAKE_BACK,  // it is to come back when nobody holds it. Answered by SH_BACK, SH_NOT_BACK or SH_LEFT as flags
};
enum sh_sync_flags { SH_TAKEN = 1, SH_LEFT = 2 /* its holder died */, SH_BACK = 4, SH_NOT_BACK = 8 };
struct sh_sync {
  uint16_t verb;
  uint16_t flags;
  int32_t status;  // NTSTATUS, in an answer
  int64_t values[3];
};
SH_LAYOUT(sizeof(struct sh_sync), 32);
// extra[0] of such an order: what the channel is for.
enum sh_sync_channel { SH_LINE = 0 /* a user's */, SH_SHARE = 1 /* the stand-in's dock's */ };

#endif
