// A DDE conversation across VMs: what docks say to each other on its channel, packets of a head, the item's name and data.
#ifndef SHUTTLE_DDE_WIRE_H
#define SHUTTLE_DDE_WIRE_H

#include <stdint.h>

#define SH_MOST_ITEM 1024u                // UTF-8
#define SH_DDE_BYTES (48u * 1024)         // of data in one packet
#define SH_MOST_DDE (16u * 1024 * 1024)   // of all of it

struct sh_dde_frame {
  uint32_t message;     // WM_DDE_*
  uint32_t number;      // the format, or the status of an acknowledgement
  uint8_t of_execute;   // an acknowledgement of a command, not of an item
  uint8_t more;         // more data follows, in packets of the same message
  uint8_t has_data, unused;
  uint32_t format_bytes;  // a registered format's name, behind the head
  uint32_t item_bytes;    // the item's, behind that
  uint32_t data_bytes;
  uint64_t total;       // bytes of all data
};

#endif
