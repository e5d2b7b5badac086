#ifndef SHUTTLE_EXPORT_H
#define SHUTTLE_EXPORT_H

// The address of a library's export by name, read from the image itself; null where there is none.
const void *find_export(const void *library, const char *name);

#endif
