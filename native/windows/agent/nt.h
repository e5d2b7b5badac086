// The NT calls the agent uses or replaces, where mingw's headers lack them. Nothing but ntdll may be imported: the agent
// is loaded before kernel32.
#ifndef SHUTTLE_NT_H
#define SHUTTLE_NT_H

#define WIN32_NO_STATUS
#include <windows.h>
#include <winternl.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <stddef.h>
#include <stdint.h>

typedef const OBJECT_ATTRIBUTES *ATTRIBUTES;
typedef ULONG_PTR ADDRESS;

#define NT_ERROR_(status) ((NTSTATUS)(status) < 0)

#define FSCTL_PIPE_WAIT_ CTL_CODE(FILE_DEVICE_NAMED_PIPE, 6, METHOD_BUFFERED, FILE_ANY_ACCESS)

NTSYSAPI NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE, PVOID *, ULONG_PTR, SIZE_T *, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE, PVOID *, SIZE_T *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI LdrGetProcedureAddress(HMODULE, const ANSI_STRING *, ULONG, void **);
NTSYSAPI NTSTATUS NTAPI LdrGetDllHandle(LPCWSTR, ULONG, const UNICODE_STRING *, HMODULE *);
NTSYSAPI NTSTATUS NTAPI NtQueryObject(HANDLE, OBJECT_INFORMATION_CLASS, void *, ULONG, ULONG *);

NTSYSAPI NTSTATUS NTAPI NtQueryInformationAtom(USHORT, int, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtQueryKey(HANDLE, int, void *, ULONG, ULONG *);
NTSYSAPI NTSTATUS NTAPI NtClose(HANDLE);

#endif
