#include "dock.h"

// A program's name may hold anything, lone surrogates (three bytes each) and zeros too: they come back as they were.
uint32_t wide_name(const uint8_t *text, uint32_t bytes, WCHAR *out, uint32_t room) {
  uint32_t used = 0;
  for (uint32_t at = 0; at < bytes && used + 2 <= room;) {
    const uint8_t lead = text[at++];
    const uint32_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    uint32_t c = more == 0 ? lead : lead & (0x3fu >> more);
    for (uint32_t i = 0; i < more && at < bytes; i++) c = c << 6 | (text[at++] & 0x3f);
    if (c >= 0x10000) out[used++] = (WCHAR)(0xd7c0 + (c >> 10)), c = 0xdc00 | (c & 0x3ff);
    out[used++] = (WCHAR)c;
  }
  return used;
}

// `\Sessions\1\BaseNamedObjects`, of the session this VM has.
static HANDLE open_folder(const WCHAR *path) {
  typedef NTSTATUS(NTAPI * open)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
  static open call;
  UNICODE_STRING name;
  OBJECT_ATTRIBUTES attributes;
  HANDLE folder = NULL;
  if (!call) call = (open)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtOpenDirectoryObject");
  RtlInitUnicodeString(&name, path);
  InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
  return call && !call(&folder, 0x000f /* DIRECTORY_ALL_ACCESS but the standard rights */, &attributes) ? folder : NULL;
}

static HANDLE session_folder(void) {
  static HANDLE folder;
  WCHAR path[] = L"\\Sessions\\0\\BaseNamedObjects";
  DWORD session = 0;
  if (folder) return folder;
  ProcessIdToSessionId(GetCurrentProcessId(), &session);
  path[10] = (WCHAR)('0' + session % 10);
  return folder = open_folder(path);
}

static HANDLE machine_folder(void) {
  static HANDLE folder;
  return folder ? folder : (folder = open_folder(L"\\BaseNamedObjects"));
}

int object_of(struct order *order, struct object_name *object) {
  static const WCHAR local[] = L"Local\\", global[] = L"Global\\";
  const int here = order->chars > 6 && !memcmp(order->name, local, 6 * sizeof *local);
  const int machine = order->chars > 7 && !memcmp(order->name, global, 7 * sizeof *global);
  if (!here && !machine) return 0;
  const uint32_t skip = here ? 6 : 7;
  const USHORT bytes = (USHORT)((order->chars - skip) * sizeof(WCHAR));
  object->text = (UNICODE_STRING){bytes, bytes, order->name + skip};
  InitializeObjectAttributes(&object->attributes, &object->text, OBJ_CASE_INSENSITIVE, here ? session_folder() : machine_folder(), NULL);
  return 1;
}
