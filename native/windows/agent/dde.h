// Calls for a DDE service, taken where messages are sent.
#ifndef SHUTTLE_AGENT_DDE_H
#define SHUTTLE_AGENT_DDE_H

#include "hook.h"

#define DDE_INITIATE 0x3e0
#define DDE_ACK 0x3e4

// A server of this process answers a call.
void mark_answered(HWND caller);
// A call was made and all that are here have heard it.
void after_call(HWND called, WPARAM caller, LPARAM atoms);

#endif
