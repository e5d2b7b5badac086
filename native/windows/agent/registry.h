#ifndef SHUTTLE_REGISTRY_H
#define SHUTTLE_REGISTRY_H

#include "nt.h"

// A handle is being closed: if it was a key's, what was known of it is forgotten.
void forget_key(HANDLE key);

#endif
