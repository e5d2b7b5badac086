// What the agent's handlers of windows share.
#ifndef SHUTTLE_AGENT_WINDOWS_H
#define SHUTTLE_AGENT_WINDOWS_H

#include "names.h"

// The property of a window that the dock made for one of another VM.
#define STAND_IN_MARK L"shuttle-stand-in"

// The calls we make for a row must not show in the program's last error.
DWORD *last_error(void);

// Whether another process made it, and whether that process is the dock: then the engine records what is sent to it.
int is_foreign(HWND window);
int is_stand_in(HWND window);

// The window's class in `room` (MOST_CLASS characters).
#define MOST_CLASS 256
void name_class(HWND window, WCHAR *room, struct name *name);

#endif
