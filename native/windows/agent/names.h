// Names as the program wrote them, made canonical (docs/run-format.md): without copying, a fixed beginning and the rest
// of the program's own string.
#ifndef SHUTTLE_NAMES_H
#define SHUTTLE_NAMES_H

#include "nt.h"

struct name {
  const char *prefix;  // ASCII: `Local\`, `\\.\pipe\` …
  const WCHAR *text;   // not terminated; may hold anything
  uint32_t chars;
};

enum place {
  PLACE_NONE,      // unnamed, or no name this agent knows
  PLACE_LOCAL,     // the session's objects: `Local\x`
  PLACE_GLOBAL,    // session 0's: `Global\x`
  PLACE_PIPE,      // `\\.\pipe\x`; an empty rest is the folder of pipes itself
  PLACE_MAILSLOT,  // `\\.\mailslot\x`
  PLACE_REGISTRY,  // filled in by the registry's own handlers
  PLACE_FILE,      // anything else below \??\ or the root
};

// Names an object of the session's or the machine's folder: mutexes, events, sections and the like.
enum place name_object(ATTRIBUTES attributes, struct name *name);
// Names what NtCreateFile and its kin open: tells pipes and mailslots from files.
enum place name_file(ATTRIBUTES attributes, struct name *name);

// Bytes of the name in UTF-8 (a lone surrogate as three bytes, a zero as it is).
uint32_t name_bytes(const struct name *name);
// Writes at most `room` bytes, never half a character; returns how many.
uint32_t write_name(const struct name *name, uint8_t *out, uint32_t room);

// The hash by which the board has it (wire.h).
uint64_t hash_name(const struct name *name);

// A handle is being closed: folders known by handle are forgotten. Called by the handler of NtClose.
void forget_folder(HANDLE handle);

// The bits of ACCESS (native/contract/words.ts) that an access mask asks for.
uint32_t access_bits(ACCESS_MASK mask);

#endif
