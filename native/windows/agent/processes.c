// Other processes: opened, written to, given threads. Recorded, never carried.
#include "hook.h"
#include "json.h"
#include "line.h"

#include <string.h>

#define CREATE_THREAD_BITS 0x2  // PROCESS_CREATE_THREAD
#define IMAGE_WIN32 43          // ProcessImageFileNameWin32
#define CURRENT ((HANDLE)(LONG_PTR)-1)

static void note_process(enum sh_op op, HANDLE process, ULONG_PTR pid, uint32_t access, NTSTATUS status, const char *by) {
  struct {
    UNICODE_STRING name;
    WCHAR text[300];
  } image;
  struct json json;
  struct name name = {"", NULL, 0};
  PROCESS_BASIC_INFORMATION about;
  json_begin(&json);
  if (!pid && !NtQueryInformationProcess(process, ProcessBasicInformation, &about, sizeof about, NULL)) pid = about.UniqueProcessId;
  if (process && !NtQueryInformationProcess(process, (PROCESSINFOCLASS)IMAGE_WIN32, &image, sizeof image, NULL))
    name = (struct name){"", image.name.Buffer, image.name.Length / sizeof(WCHAR)};
  json_number(&json, "pid", pid);
  if (by) json_word(&json, "by", by);
  note(op, &name, access, status, json.text);
}

HOOK(NTSTATUS, NtOpenProcess, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named, const CLIENT_ID *id)) {
  const NTSTATUS status = ORIGINAL(NtOpenProcess)(opened, access, named, id);
  const ULONG_PTR pid = id ? (ULONG_PTR)id->UniqueProcess : 0;
  if (pid && pid != own_pid())
    note_process(OP_PROCESS_OPEN, NT_ERROR_(status) ? NULL : *opened, pid, access & PROCESS_VM_WRITE ? 3 : 1, status, NULL);
  return status;
}

HOOK(NTSTATUS, NtWriteVirtualMemory, (HANDLE process, void *at, const void *bytes, SIZE_T size, SIZE_T *written)) {
  const NTSTATUS status = ORIGINAL(NtWriteVirtualMemory)(process, at, bytes, size, written);
  if (process != CURRENT) note_process(OP_PROCESS_WRITE, process, 0, 2, status, "memory");
  return status;
}
HOOK(NTSTATUS, NtCreateThreadEx, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, HANDLE process, void *start, void *with, ULONG flags, SIZE_T zero, SIZE_T commit, SIZE_T reserve, void *list)) {
  const NTSTATUS status = ORIGINAL(NtCreateThreadEx)(made, access, named, process, start, with, flags, zero, commit, reserve, list);
  if (process != CURRENT) note_process(OP_PROCESS_WRITE, process, 0, 2, status, "thread");
  return status;
}
