// A program that another VM has, started for this one: what is asked, and what goes over the channel between the process
// that stands in for it here and the dock that started it there.
#ifndef SHUTTLE_PROGRAM_WIRE_H
#define SHUTTLE_PROGRAM_WIRE_H

// The first of the four numbers of a question. The second text is the folder, a zero, and the command line (of a document
// the verb). Answered with the ticket, by which the process that stands in takes the channel.
enum sh_start_verb { SH_START_ASK = 1, SH_START_TAKE = 2 /* extra[1]: the ticket */ };

// Kinds of frames (struct sh_frame). A stream's frame without bytes is its end.
enum sh_program_frame {
  SH_STREAM_IN = 16,
  SH_STREAM_OUT = 17,  // from the stand-in: nobody reads it any more
  SH_STREAM_ERR = 18,
  SH_PROGRAM_GO = 19,    // from the stand-in: it is there, let it run
  SH_PROGRAM_EXIT = 20,  // four bytes: the code
};

// What stands in, where every VM with a dock has it, and what it is told: the ticket follows.
#define SH_START_PROGRAM L"C:\\windows\\system32\\shuttle-dock.exe"
#define SH_START_COMMAND L"shuttle-dock.exe start "
#define SH_TICKET_DIGITS 16

#endif
