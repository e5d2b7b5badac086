// One DDE conversation as a dock has it.
#ifndef SHUTTLE_DOCK_DDE_H
#define SHUTTLE_DOCK_DDE_H

#include "../dde_wire.h"
#include "window.h"
// after windows.h
#include <dde.h>

#define MOST_DDE_NAME 256  // an atom's characters and its zero
#define MOST_COMMANDS 64   // not yet acknowledged

struct dde_packet {
  struct sh_dde_frame head;
  uint8_t texts[2 * SH_MOST_ITEM + SH_DDE_BYTES];
};

// A message from the other side, whole.
struct dde_message {
  struct dde_message *next;
  uint32_t message, number;
  int of_execute, has_data;
  WCHAR item[MOST_DDE_NAME];
  uint64_t bytes;
  uint8_t data[];
};

struct talk {
  HWND window, partner;
  int channel;
  HANDLE came;           // something is in the queue
  volatile LONG users, over;
  CRITICAL_SECTION lock; // of the queue and of what is being put together
  struct dde_message *first, *last, *open;
  uint64_t used;         // bytes of `open`
  uint32_t queued;
  // The window's thread only:
  int serves, calling, ending, heard_end, told_end;
  ULONGLONG end_at;
  HGLOBAL commands[MOST_COMMANDS];  // taken from the partner, in their order
  uint32_t first_command, command_count;
  HGLOBAL posted[MOST_COMMANDS];    // given to the partner
  uint32_t posted_count;
  WCHAR service[MOST_DDE_NAME], topic[MOST_DDE_NAME];
};

struct talk *new_talk(int channel);
void leave_talk(struct talk *talk);

// dde_queue.c: from the channel.
int take_dde(int channel, struct dde_packet *packet);
int queue_dde(struct talk *talk, const struct dde_packet *packet);
struct dde_message *next_dde(struct talk *talk);

// dde_parts.c: a message of the partner's taken apart and sent; one of the other side's put together and posted.
int send_dde(struct talk *talk, UINT message, LPARAM l);
void post_dde(struct talk *talk, const struct dde_message *message);

#endif
