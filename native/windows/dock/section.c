// Sections: the file behind the one this VM owns, for the engine to hand over. Whether it may be trusted to keep its size
// the engine sees for itself.
#include "dock.h"

typedef NTSTATUS(NTAPI *open_section)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
typedef int(CDECL *handle_to_fd)(HANDLE, unsigned, int *, unsigned *);

void obey_section(struct order *order) {
  static open_section open;
  static handle_to_fd file_behind;
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  struct object_name object;
  HANDLE section;
  int fd = -1;
  if (!open) file_behind = (handle_to_fd)(void *)GetProcAddress(ntdll, "wine_server_handle_to_fd");
  if (!open) open = (open_section)(void *)GetProcAddress(ntdll, "NtOpenSection");
  if (order->said.say != SH_OPEN || !open || !file_behind || !object_of(order, &object)) return report(order, STATUS_NOT_IMPLEMENTED);
  NTSTATUS status = open(&section, SECTION_ALL_ACCESS, &object.attributes);
  if (!status) {
    status = file_behind(section, 0, &fd, NULL);
    CloseHandle(section);
  }
  report_with(order, status, fd);
  if (fd >= 0) linux_close(fd);
}
