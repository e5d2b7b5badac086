// Interfaces that agent and dock ask COM for by themselves: every object's, and that of what makes a class's objects.
#ifndef SHUTTLE_COM_IDS_H
#define SHUTTLE_COM_IDS_H

#include <guiddef.h>

static const GUID kUnknown = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}}, kFactory = {1, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};

#endif
