// The registry: what a program changes, which goes to the VM's own copy, and which keys it opens outside Wine's own base.
// There are tens of thousands of reads: each key is a row once, and handles of the base are known as such.
#include "registry.h"

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
static int canonical(struct key *key, struct name *name) {
  int skip;
  if ((skip = begins(key, "\\registry\\machine\\"))) *name = (struct name){"HKLM\\", key->text + skip, 0};
  else if ((skip = begins(key, "\\registry\\user\\s-1-5-21-"))) {
    while ((uint32_t)skip < key->bytes / sizeof(WCHAR) && key->text[skip] != '\\') skip++;
    skip += (uint32_t)skip < key->bytes / sizeof(WCHAR);
    *name = (struct name){"HKCU\\", key->text + skip, 0};
  } else if ((skip = begins(key, "\\registry\\user\\"))) *name = (struct name){"HKU\\", key->text + skip, 0};
  else return 0;
  name->chars = key->bytes / sizeof(WCHAR) - (uint32_t)skip;
  return 1;
}

static int name_key(HANDLE handle, const UNICODE_STRING *value, struct key *key, struct name *name) {
  ULONG size;
  if (NtQueryKey(handle, KEY_NAME, key, sizeof *key, &size) || !canonical(key, name)) return 0;
  if (!value) return 1;
  WCHAR *end = (WCHAR *)name->text + name->chars;
  const uint32_t chars = value->Length / sizeof(WCHAR), room = MOST_KEY - (uint32_t)(end - key->text);
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

// Keys that every prefix has, and their like in a user's part.
static const char *const kBase[] = {"software\\microsoft", "software\\classes", "software\\wine", "software\\policies",
                                    "software\\clients", "system", "hardware", "security", "sam", "control panel", "environment",
                                    "volatile environment", "console", "keyboard layout", "network", "printers", "appevents", "identities"};

// What programs of 32 bits find under `Software`.
#define NARROW "software\\wow6432node"
enum { TOP = sizeof "software" - 1, NARROW_TOP = sizeof NARROW - 1 };

static int says(const struct key *text, const char *what) { return begins(text, what) && text->bytes == strlen(what) * sizeof(WCHAR); }

// The beginning of a key's name, as it reads for programs of its own width.
static void take_beginning(const struct name *name, struct key *text) {
  enum { MOST = 64 };
  text->bytes = (name->chars < MOST ? name->chars : MOST) * (ULONG)sizeof(WCHAR);
  memcpy(text->text, name->text, text->bytes);
  if (!begins(text, NARROW "\\")) return;
  text->bytes -= (NARROW_TOP - TOP) * (ULONG)sizeof(WCHAR);
  memcpy(text->text + TOP, name->text + NARROW_TOP, text->bytes - TOP * sizeof(WCHAR));
}

// `Software`, where programs have their own keys beside the base's.
static int is_top(const struct name *name) {
  struct key text;
  take_beginning(name, &text);
  return !name->chars || says(&text, "software") || says(&text, NARROW);
}

static int is_below_base(const struct name *name) {
  struct key text;
  take_beginning(name, &text);
  for (size_t i = 0; i < sizeof kBase / sizeof *kBase; i++) {
    const uint32_t skip = (uint32_t)begins(&text, kBase[i]);
    if (skip && (text.bytes == skip * sizeof(WCHAR) || text.text[skip] == '\\')) return 1;
  }
  return 0;
}

static int is_base(const struct name *name) { return name->prefix[2] == 'U' /* HKU */ || is_below_base(name) || is_top(name); }

// Handles of keys of the base: what lies below them does too.
#define REMEMBERED 256
static HANDLE base_keys[REMEMBERED];
static HANDLE *place_of(HANDLE key) { return &base_keys[(ULONG_PTR)key >> 2 & (REMEMBERED - 1)]; }

void forget_key(HANDLE key) {
  if (*place_of(key) == key) *place_of(key) = NULL;
}

// The name of what is not there: its folder's and its own.
static int name_missing(ATTRIBUTES named, struct key *key, struct name *name) {
  const UNICODE_STRING *own = named->ObjectName;
  ULONG size;
  if (!named->RootDirectory || NtQueryKey(named->RootDirectory, KEY_NAME, key, sizeof *key, &size)) return 0;
  uint32_t chars = key->bytes / sizeof(WCHAR);
  if (chars + 1 + own->Length / sizeof(WCHAR) > MOST_KEY) return 0;
  key->text[chars++] = '\\';
  memcpy(key->text + chars, own->Buffer, own->Length);
  key->bytes = (ULONG)(chars * sizeof(WCHAR)) + own->Length;
  return canonical(key, name);
}

// Most opens say by their own name that they are of the base, whatever they are relative to.
static int says_base(const UNICODE_STRING *own) {
  const struct name name = {"HKLM\\", own->Buffer, own->Length / sizeof(WCHAR)};
  return name.chars > 9 && (name.text[0] | 0x20) == 's' && (name.text[6] == '\\' || name.text[8] == '\\') && is_below_base(&name);
}

static void note_opened(const HANDLE *made, ATTRIBUTES named, NTSTATUS status) {
  struct key key;
  struct name name;
  if (!named || !named->ObjectName || (status && status != STATUS_OBJECT_NAME_NOT_FOUND)) return;
  const HANDLE opened = status ? NULL : *made;
  if (says_base(named->ObjectName)) {
    if (!status) *place_of(opened) = opened;
    return;
  }
  if (named->RootDirectory && *place_of(named->RootDirectory) == named->RootDirectory) {
    if (!status) *place_of(opened) = opened;
    return;
  }
  if (!(status ? name_missing(named, &key, &name) : name_key(opened, NULL, &key, &name))) return;
  if (!is_base(&name)) {
    if (!seen_before(OP_REGISTRY_READ, &name, status)) note(OP_REGISTRY_READ, &name, 1, status, NULL);
  } else if (!status && !is_top(&name)) {
    *place_of(opened) = opened;
  }
}

HOOK(NTSTATUS, NtOpenKey, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named)) {
  const NTSTATUS status = ORIGINAL(NtOpenKey)(opened, access, named);
  note_opened(opened, named, status);
  return status;
}
HOOK(NTSTATUS, NtOpenKeyEx, (HANDLE * opened, ACCESS_MASK access, ATTRIBUTES named, ULONG options)) {
  const NTSTATUS status = ORIGINAL(NtOpenKeyEx)(opened, access, named, options);
  note_opened(opened, named, status);
  return status;
}
