// The registry: what a program changes. The changes go to the VM's own copy.
#include "hook.h"
#include "line.h"

#include <string.h>

#define KEY_NAME 3  // KeyNameInformation
#define MOST_KEY 700

struct key {
  ULONG bytes;
  WCHAR text[MOST_KEY];
};

static int begins(const struct key *key, const char *prefix) {
  uint32_t i = 0;
  for (; prefix[i]; i++)
    if (i >= key->bytes / sizeof(WCHAR) || (key->text[i] | 0x20) != (WCHAR)(prefix[i] | 0x20)) return 0;
  return (int)i;
}

// `\Registry\Machine\x` as `HKLM\x`, a user's as `HKCU\x` where it is this one's, else `HKU\x`. A value's name goes behind
// two backslashes. Empty where the key cannot be named.
static int name_key(HANDLE handle, const UNICODE_STRING *value, struct key *key, struct name *name) {
  ULONG size;
  int skip;
  if (NtQueryKey(handle, KEY_NAME, key, sizeof *key, &size)) return 0;
  if ((skip = begins(key, "\\registry\\machine\\"))) *name = (struct name){"HKLM\\", key->text + skip, 0};
  else if ((skip = begins(key, "\\registry\\user\\s-1-5-21-"))) {
    while ((uint32_t)skip < key->bytes / sizeof(WCHAR) && key->text[skip] != '\\') skip++;
    skip += (uint32_t)skip < key->bytes / sizeof(WCHAR);
    *name = (struct name){"HKCU\\", key->text + skip, 0};
  } else if ((skip = begins(key, "\\registry\\user\\"))) *name = (struct name){"HKU\\", key->text + skip, 0};
  else return 0;
  name->chars = key->bytes / sizeof(WCHAR) - (uint32_t)skip;
  if (!value) return 1;
  WCHAR *end = key->text + skip + name->chars;
  const uint32_t chars = value->Length / sizeof(WCHAR), room = MOST_KEY - (uint32_t)skip - name->chars;
  if (chars + 2 > room) return 1;
  *end++ = '\\';
  *end++ = '\\';
  memcpy(end, value->Buffer, value->Length);
  name->chars += chars + 2;
  return 1;
}

static void note_change(HANDLE handle, const UNICODE_STRING *value, uint32_t access, NTSTATUS status) {
  struct key key;
  struct name name;
  if (name_key(handle, value, &key, &name) && !seen_before(OP_REGISTRY_WRITE, &name, status)) note_redirected(OP_REGISTRY_WRITE, &name, access, status);
}

HOOK(NTSTATUS, NtSetValueKey, (HANDLE key, const UNICODE_STRING *value, ULONG index, ULONG type, const void *data, ULONG bytes)) {
  const NTSTATUS status = ORIGINAL(NtSetValueKey)(key, value, index, type, data, bytes);
  note_change(key, value, 2, status);
  return status;
}
HOOK(NTSTATUS, NtDeleteValueKey, (HANDLE key, const UNICODE_STRING *value)) {
  const NTSTATUS status = ORIGINAL(NtDeleteValueKey)(key, value);
  note_change(key, value, 16, status);
  return status;
}
HOOK(NTSTATUS, NtDeleteKey, (HANDLE key)) {
  note_change(key, NULL, 16, STATUS_SUCCESS);
  return ORIGINAL(NtDeleteKey)(key);
}
HOOK(NTSTATUS, NtCreateKey, (HANDLE * made, ACCESS_MASK access, ATTRIBUTES named, ULONG index, const UNICODE_STRING *class, ULONG options, ULONG *disposition)) {
  ULONG done = 0;
  const NTSTATUS status = ORIGINAL(NtCreateKey)(made, access, named, index, class, options, &done);
  if (disposition) *disposition = done;
  if (!NT_ERROR_(status) && done == 1) note_change(*made, NULL, 8, status);  // REG_CREATED_NEW_KEY
  return status;
}
