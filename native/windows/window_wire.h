// What docks say to each other about windows, through the engine, which looks at each message on its way: a channel for
// each window that another VM was given, packets of a head and its texts (SOCK_SEQPACKET). Compiled by both sides, as
// wire.h is; what comes from inside is a claim here too.
#ifndef SHUTTLE_WINDOW_WIRE_H
#define SHUTTLE_WINDOW_WIRE_H

#include <stdint.h>

// Which window is looked for: `extra[0]` of a question or an order, bits. The name is the class, a zero and the title.
#define SH_BY_CLASS 1u
#define SH_BY_TITLE 2u
// extra[1], extra[2]: the parent's handle and that of the window to begin after, or 0. extra[3] of a question: a stand-in
// that was the answer before, and is not there.

#define SH_CALL_BYTES (48u * 1024)            // of a message's data in one packet
#define SH_MOST_CALL (16u * 1024 * 1024)      // of all of it
#define SH_MOST_MESSAGE_NAME 512u             // of a registered message, UTF-8

enum sh_window_say {
  SH_CALL = 1,         // to the owner: a message to the window
  SH_CALL_MORE = 2,    // more of its data
  SH_RESULT = 3,       // back: what the window made of it
  SH_RESULT_MORE = 4,
  SH_WINDOW_GONE = 5,  // back: the window is there no longer
};
enum sh_how { SH_HOW_SEND = 0, SH_HOW_NOTIFY = 1, SH_HOW_POST = 2 };
// What a message carries: the rest of `w` and `l` are numbers.
enum sh_shape {
  SH_SHAPE_NONE = 0,     // it may point to what cannot be carried: refused
  SH_SHAPE_NUMBERS = 1,
  SH_SHAPE_TEXT = 2,     // l: a text of UTF-16, its zero included
  SH_SHAPE_TEXT_OUT = 3, // w: room for so many characters; the text comes with the result
  SH_SHAPE_BYTES = 4,    // WM_COPYDATA: w is its number, l its bytes
};
enum sh_result { SH_DONE_WELL = 0, SH_FAILED = 1, SH_REFUSED = 2 };

struct sh_window_frame {
  uint32_t say;         // enum sh_window_say
  uint32_t number;      // of the call; what belongs to it carries the same
  uint32_t message;     // a registered one has its name behind the head instead
  uint8_t how, shape;
  uint8_t more;         // SH_*_MORE follows
  uint8_t outcome;      // enum sh_result, in a result
  uint64_t w, l;        // in a result: `l` is it
  uint64_t total;       // bytes of all data
  uint32_t name_bytes, data_bytes;
};

#endif
