// Programs that are started for another VM.
#ifndef SHUTTLE_DOCK_PROGRAM_H
#define SHUTTLE_DOCK_PROGRAM_H

#include "dock.h"

// What is started: `program` may be null, then it is the line's first word.
struct words {
  const WCHAR *program, *folder;
  WCHAR *line;  // may be written to
};
// Starts it, reports, and stays until it has ended. Takes the order's channel.
void start_words(struct order *order, const struct words *words);

#endif
