// What is asked about a COM class of another VM: the first of the four numbers of a question, and of an order to the
// owner's dock. The object is the class, `{…}` in lower case, or a name that stands for one. A class is answered by a
// reference to its object (an OBJREF), a name by the class; results (HRESULT) stand where an NTSTATUS is expected.
#ifndef SHUTTLE_COM_WIRE_H
#define SHUTTLE_COM_WIRE_H

#include <stdint.h>

enum sh_com_question { SH_COM_CLASS = 0, SH_COM_NAME = 1 };

#define SH_CLASS_NOT_REGISTERED ((int32_t)0x80040154)
#define SH_CLASS_CHARS 38       // of {8-4-4-4-12}
#define SH_MOST_REFERENCE 1024u // bytes

#endif
