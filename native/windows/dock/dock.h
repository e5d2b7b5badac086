// The dock: one process in each Windows VM that opens what the VM owns for others and stands in for what others own. It
// obeys the engine (orders on descriptor 0, a unix socket) and joins objects to channels.
//
// To add a kind: write `void obey_<kind>(struct order *)` in a file of its own and enter it in the table of main.c. It
// runs on a thread of its own, must report exactly once, and may go on afterwards for as long as its channel lives.
#ifndef SHUTTLE_DOCK_H
#define SHUTTLE_DOCK_H

#define WIN32_NO_STATUS
#include <windows.h>
#include <winternl.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <stdint.h>

#include "../linux.h"
#include "../ops.h"
#include "../wire.h"

struct order {
  struct sh_dock_message said;
  int channel;              // our end; -1: none. Whoever obeys closes it
  struct sh_dock_message report;
  uint32_t chars;
  WCHAR name[SH_MOST_NAME]; // the object's, terminated as well; a name longer than that is refused before
};

// A name of the session's or the machine's folder, ready to be opened. It points into the order.
struct object_name {
  UNICODE_STRING text;
  OBJECT_ATTRIBUTES attributes;
};
// False where the order's name is of no such folder.
int object_of(struct order *order, struct object_name *object);
// UTF-8 as the wire has it; the characters written.
uint32_t wide_name(const uint8_t *text, uint32_t bytes, WCHAR *out, uint32_t room);

// The other way; the bytes written.
uint32_t to_bytes(const WCHAR *text, uint32_t chars, char *out, uint32_t room);

// Tells the engine how the order ended, with what stands in `report.extra`.
void report(struct order *order, NTSTATUS status);

// The same with a descriptor, which stays the caller's; -1: none.
void report_with(struct order *order, NTSTATUS status, int fd);
// The same, with a text.
void report_text(struct order *order, NTSTATUS status, const char *text, uint32_t bytes);

// The status of the last Win32 call that failed on this thread.
NTSTATUS last_status(void);

// Before the first order: what the threads of a kind share.
void begin_stand_ins(void);
void begin_talks(void);

void obey_pipe(struct order *order);
void obey_mailslot(struct order *order);
void obey_section(struct order *order);
void obey_waitable(struct order *order);
void obey_window(struct order *order);
void obey_broadcast(struct order *order);
void obey_clipboard(struct order *order);
void obey_dde(struct order *order);
void obey_service(struct order *order);
void obey_program(struct order *order);
void obey_document(struct order *order);
void obey_com(struct order *order);
// The dock’s program, started in place of one of another VM’s (start.c); its exit code.
int stand_in_program(const WCHAR *ticket);

#endif
