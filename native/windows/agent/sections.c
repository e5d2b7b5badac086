// Sections: memory by name. One that others may reach is backed by a sealed memory file from its creation, so that it can
// be handed over whenever somebody asks; what another VM owns comes as such a file. Either way it is the same memory at
// its native speed. Handing it over is handing over writing, so that is what is asked for.
#include "../linux.h"
#include "hook.h"
#include "line.h"
#include "objects.h"

#define PAGE 0xfffull
#define BOTH_WAYS 3  // ACCESS: read and write

USE_C(NTSTATUS, wine_server_fd_to_handle, (int fd, ULONG access, ULONG attributes, HANDLE *handle));

// The descriptor is used up.
static HANDLE file_of(int fd) {
  HANDLE file = NULL;
  if (fd >= 0 && ORIGINAL(wine_server_fd_to_handle)(fd, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, 0, &file)) file = NULL;
  if (fd >= 0) linux_close(fd);
  return file;
}

// Both are needed before they stand whole.
HOOK(NTSTATUS, NtOpenSection, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named));
HOOK(NTSTATUS, NtCreateSection, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, const LARGE_INTEGER *size, ULONG protect, ULONG flags, HANDLE file));

// An unnamed section of memory that another VM owns: its name is not this VM's.
static NTSTATUS open_memory(HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named, int fd) {
  OBJECT_ATTRIBUTES unnamed = *named;
  HANDLE file = file_of(fd);
  if (!file) return STATUS_INSUFFICIENT_RESOURCES;
  unnamed.RootDirectory = NULL;
  unnamed.ObjectName = NULL;
  const ULONG protect = access & (SECTION_MAP_EXECUTE | SECTION_MAP_EXECUTE_EXPLICIT | GENERIC_EXECUTE) ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
  const NTSTATUS status = ORIGINAL(NtCreateSection)(opened, access, &unnamed, NULL, protect, SEC_COMMIT, file);
  NtClose(file);
  return status;
}

static NTSTATUS NTAPI on_NtOpenSection(HANDLE *opened, ACCESS_MASK access, ATTRIBUTES named) {
  const NTSTATUS status = ORIGINAL(NtOpenSection)(opened, access, named);
  struct name name;
  struct answer answer;
  if (name_object(named, &name) == PLACE_NONE) return status;
  if (!is_missing(status) || !ask(OP_MEMORY_OPEN, &name, BOTH_WAYS, NULL, NULL, &answer)) {
    note(OP_MEMORY_OPEN, &name, access_bits(access), status, NULL);
    return status;
  }
  if (answer.verdict == SH_DESCRIPTOR) return open_memory(opened, access, named, answer.fd);
  return answer.status ? answer.status : status;
}

// Memory that may be handed over later, where this section is to be plain memory; null where it is not. What is only
// reserved cannot be a file's: Wine commits no pages in those.
static HANDLE sealed_file(const struct name *name, const LARGE_INTEGER *size, ULONG flags, HANDLE file) {
  if (file || !size || size->QuadPart <= 0 || (flags & (SEC_IMAGE | SEC_RESERVE | SEC_LARGE_PAGES)) || !may_serve(OP_MEMORY_CREATE, name)) return NULL;
  return file_of(linux_sealed_memory(((uint64_t)size->QuadPart + PAGE) & ~PAGE));
}

static int is_here(ATTRIBUTES named) {
  HANDLE here;
  if (is_missing(ORIGINAL(NtOpenSection)(&here, SECTION_QUERY, named))) return 0;
  NtClose(here);
  return 1;
}

static NTSTATUS NTAPI on_NtCreateSection(HANDLE *made, ACCESS_MASK access, ATTRIBUTES named, const LARGE_INTEGER *size, ULONG protect, ULONG flags, HANDLE file) {
  struct name name;
  struct answer answer;
  if (name_object(named, &name) == PLACE_NONE) return ORIGINAL(NtCreateSection)(made, access, named, size, protect, flags, file);
  // Who creates what is there already opens it, wherever it is.
  if (may_ask(OP_MEMORY_CREATE, &name) && !is_here(named) && ask(OP_MEMORY_CREATE, &name, BOTH_WAYS, NULL, NULL, &answer) && answer.verdict == SH_DESCRIPTOR) {
    const NTSTATUS status = open_memory(made, access, named, answer.fd);
    return status ? status : STATUS_OBJECT_NAME_EXISTS;
  }
  HANDLE sealed = sealed_file(&name, size, flags, file);
  const NTSTATUS status = ORIGINAL(NtCreateSection)(made, access, named, size, protect, flags, sealed ? sealed : file);
  if (sealed) NtClose(sealed);
  if (!is_first(OP_MEMORY_CREATE, &name, status, 0)) {
    HANDLE theirs;
    if (ask(OP_MEMORY_CREATE, &name, BOTH_WAYS, NULL, NULL, &answer) && answer.verdict == SH_DESCRIPTOR && !open_memory(&theirs, access, named, answer.fd)) {
      NtClose(*made);
      *made = theirs;
      return STATUS_OBJECT_NAME_EXISTS;
    }
    keep_own(OP_MEMORY_CREATE, &name, 0);
  }
  note(OP_MEMORY_CREATE, &name, access_bits(access), status, NULL);
  return status;
}
