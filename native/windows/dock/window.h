// Windows of other VMs: what the stand-in's side and the owner's side share.
#ifndef SHUTTLE_DOCK_WINDOW_H
#define SHUTTLE_DOCK_WINDOW_H

#include "../window_wire.h"
#include "dock.h"

#define MOST_CLASS 256
#define MOST_TITLE 1024  // characters of a stand-in's title

// What a message carries, by its number alone; `w` and `l` are looked at only to refuse pointers among numbers.
enum sh_shape shape_of(UINT message, WPARAM w, LPARAM l);

int is_the_systems(UINT message);

struct packet {
  struct sh_window_frame head;
  uint8_t texts[SH_MOST_MESSAGE_NAME + SH_CALL_BYTES];  // the message's name, then data
};

// One whole packet: 1; 0 at the channel's end or where it is damaged.
int take_packet(int channel, struct packet *packet);
const uint8_t *data_of(const struct packet *packet);
// A head and any number of bytes, in as many packets as it takes: `more_say` is the kind of all but the first.
int send_packets(int channel, struct sh_window_frame head, uint32_t more_say, const char *name, const uint8_t *data, uint64_t bytes);

// Data that comes in pieces.
struct gathered {
  uint8_t *bytes;
  uint64_t used, total;
};
int gather(struct gathered *into, const struct packet *packet);

// What stands behind the first zero of an order's name: a window's title behind its class.
const WCHAR *second_text(const struct order *order);

void stand_in_window(struct order *order);   // window_stand_in.c
void serve_real(struct order *order); // window_real.c

#endif
