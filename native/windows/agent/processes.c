// Other processes: opened, read, written to, given threads, calls and handles. Recorded, never carried.
#include "far.h"
#include "hook.h"
#include "json.h"
#include "line.h"

#include <string.h>

#define IMAGE_WIN32 43          // ProcessImageFileNameWin32
#define READS 1
#define CURRENT ((HANDLE)(LONG_PTR)-1)
#define CURRENT_THREAD ((HANDLE)(LONG_PTR)-2)

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
  if (pid == own_pid()) return;
  if (process && !NtQueryInformationProcess(process, (PROCESSINFOCLASS)IMAGE_WIN32, &image, sizeof image, NULL))
    name = (struct name){"", image.name.Buffer, image.name.Length / sizeof(WCHAR)};
  json_number(&json, "pid", pid);
  if (by) json_word(&json, "by", by);
  if (access == READS && seen_before(op, &name, status)) return;  // done over and over by who does it at all
  note(op, &name, access, status, json.text);
}

HOOK(NTSTATUS, NtOpenProcess, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named, const CLIENT_ID *id)) {
  const NTSTATUS status = ORIGINAL(NtOpenProcess)(opened, access, named, id);
  const ULONG_PTR pid = id ? (ULONG_PTR)id->UniqueProcess : 0;
  if (pid && pid != own_pid())
    note_process(OP_PROCESS_OPEN, NT_ERROR_(status) ? NULL : *opened, pid, access & PROCESS_VM_WRITE ? 3 : READS, status, NULL);
  return status;
}

HOOK(NTSTATUS, NtReadVirtualMemory, (HANDLE process, const void *at, void *bytes, SIZE_T size, SIZE_T *got)) {
  const NTSTATUS status = ORIGINAL(NtReadVirtualMemory)(process, at, bytes, size, got);
  if (process != CURRENT) note_process(OP_PROCESS_OPEN, process, 0, READS, status, "memory");
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

struct thread_about {
  NTSTATUS exit;
  void *teb;
  CLIENT_ID id;
  ULONG_PTR affinity;
  LONG priority, base_priority;
};

// Another process's thread is as good as the process.
static void note_thread(enum sh_op op, HANDLE thread, uint32_t access, NTSTATUS status, const char *by) {
  struct thread_about about;
  HANDLE process;
  OBJECT_ATTRIBUTES unnamed = {.Length = sizeof unnamed};
  if (thread == CURRENT_THREAD || NtQueryInformationThread(thread, (THREADINFOCLASS)0, &about, sizeof about, NULL)) return;
  if ((ULONG_PTR)about.id.UniqueProcess == own_pid()) return;
  const CLIENT_ID id = {about.id.UniqueProcess, NULL};
  if (ORIGINAL(NtOpenProcess)(&process, PROCESS_QUERY_LIMITED_INFORMATION, &unnamed, &id)) process = NULL;
  note_process(op, process, (ULONG_PTR)id.UniqueProcess, access, status, by);
  if (process) NtClose(process);
}

HOOK(NTSTATUS, NtOpenThread, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named, const CLIENT_ID *id)) {
  const NTSTATUS status = ORIGINAL(NtOpenThread)(opened, access, named, id);
  const uint32_t changes = THREAD_SET_CONTEXT | THREAD_SUSPEND_RESUME | THREAD_TERMINATE;
  if (!NT_ERROR_(status)) note_thread(OP_PROCESS_OPEN, *opened, access & changes ? 3 : READS, status, "thread");
  return status;
}
HOOK(NTSTATUS, NtQueueApcThread, (HANDLE thread, void *call, ULONG_PTR a, ULONG_PTR b, ULONG_PTR c)) {
  const NTSTATUS status = ORIGINAL(NtQueueApcThread)(thread, call, a, b, c);
  note_thread(OP_PROCESS_WRITE, thread, 2, status, "apc");
  return status;
}

// Handles taken from others and given to them; within the process, what they stand for goes along.
HOOK(NTSTATUS, NtDuplicateObject, (HANDLE from, HANDLE source, HANDLE to, HANDLE *made, ACCESS_MASK access, ULONG attributes, ULONG options)) {
  const NTSTATUS status = ORIGINAL(NtDuplicateObject)(from, source, to, made, access, attributes, options);
  if (from == CURRENT && to == CURRENT && !status && made) far_copy(source, *made);
  if (from == CURRENT && (options & DUPLICATE_CLOSE_SOURCE)) far_forget(source);
  if (from != CURRENT) note_process(OP_PROCESS_OPEN, from, 0, READS, status, "handle");
  if (to && to != CURRENT) note_process(OP_PROCESS_WRITE, to, 0, 2, status, "handle");
  return status;
}
