#include "export.h"

#include "nt.h"

const void *find_export(const void *library, const char *name) {
  const uint8_t *base = library;
  const IMAGE_NT_HEADERS *headers = (const void *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
  const IMAGE_DATA_DIRECTORY where = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
  if (!where.Size) return NULL;
  const IMAGE_EXPORT_DIRECTORY *exports = (const void *)(base + where.VirtualAddress);
  const DWORD *names = (const void *)(base + exports->AddressOfNames);
  const DWORD *functions = (const void *)(base + exports->AddressOfFunctions);
  const WORD *ordinals = (const void *)(base + exports->AddressOfNameOrdinals);
  DWORD low = 0, high = exports->NumberOfNames;  // names are sorted
  while (low < high) {
    const DWORD middle = (low + high) / 2;
    const int order = strcmp((const char *)base + names[middle], name);
    if (order == 0) return base + functions[ordinals[middle]];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}
