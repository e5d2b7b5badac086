#include "names.h"

#include <string.h>

#include "../wire.h"

#define FOLDERS 16

// Folders that names are relative to, by handle: asking Wine each time would cost as much as the call itself.
static struct folder {
  HANDLE handle;
  enum place place;
} folders[FOLDERS];
static LONG next_folder;

static WCHAR lower(WCHAR c) { return c >= 'A' && c <= 'Z' ? (WCHAR)(c | 0x20) : c; }

// Takes `prefix` (lower-case ASCII) off the front; true where it was there. Case does not count.
static int take(const char *prefix, const WCHAR **text, uint32_t *chars) {
  uint32_t i = 0;
  for (; prefix[i]; i++)
    if (i >= *chars || lower((*text)[i]) != (WCHAR)prefix[i]) return 0;
  *text += i;
  *chars -= i;
  return 1;
}

// `\Sessions\1\BaseNamedObjects\` and, inside the session's folder, `Session\1\`: whatever its number, the VM has one.
static int take_number(const WCHAR **text, uint32_t *chars, const char *then) {
  const WCHAR *at = *text;
  uint32_t left = *chars;
  while (left && *at >= '0' && *at <= '9') at++, left--;
  if (at == *text || !take(then, &at, &left)) return 0;
  *text = at;
  *chars = left;
  return 1;
}

static enum place inside_session(enum place folder, struct name *name) {
  if (take("global\\", &name->text, &name->chars)) return PLACE_GLOBAL;
  if (take("local\\", &name->text, &name->chars)) return folder;
  const WCHAR *text = name->text;
  uint32_t chars = name->chars;
  if (take("session\\", &text, &chars) && take_number(&text, &chars, "\\")) {
    name->text = text;
    name->chars = chars;
    return PLACE_LOCAL;
  }
  return folder;
}

// Where an absolute NT name lies; `name` keeps what is behind.
static enum place absolute(struct name *name) {
  const WCHAR *text = name->text;
  uint32_t chars = name->chars;
  enum place place = PLACE_NONE;
  if (take("\\basenamedobjects", &text, &chars))
    place = PLACE_GLOBAL;
  else if (take("\\sessions\\", &text, &chars) && take_number(&text, &chars, "\\basenamedobjects"))
    place = PLACE_LOCAL;
  if (place == PLACE_NONE || (chars && *text != '\\')) return PLACE_NONE;
  if (chars) text++, chars--;
  name->text = text;
  name->chars = chars;
  return inside_session(place, name);
}

static enum place absolute_file(struct name *name) {
  const WCHAR *text = name->text;
  uint32_t chars = name->chars;
  enum place place = PLACE_NONE;
  if (take("\\device\\namedpipe", &text, &chars)) place = PLACE_PIPE;
  else if (take("\\device\\mailslot", &text, &chars)) place = PLACE_MAILSLOT;
  else {
    if (!take("\\??\\", &text, &chars) && !take("\\dosdevices\\", &text, &chars) && !take("\\global??\\", &text, &chars)) return PLACE_FILE;
    if (take("pipe", &text, &chars)) place = PLACE_PIPE;
    else if (take("mailslot", &text, &chars)) place = PLACE_MAILSLOT;
  }
  if (place == PLACE_NONE || (chars && *text != '\\')) return PLACE_FILE;
  if (chars) text++, chars--;
  name->text = text;
  name->chars = chars;
  return place;
}

static enum place find_folder(HANDLE handle) {
  for (int i = 0; i < FOLDERS; i++)
    if (folders[i].handle == handle) return folders[i].place;
  struct {
    UNICODE_STRING name;
    WCHAR text[256];
  } asked;
  ULONG size;
  enum place place = PLACE_NONE;
  if (!NtQueryObject(handle, (OBJECT_INFORMATION_CLASS)1, &asked, sizeof asked, &size)) {
    struct name name = {"", asked.name.Buffer, asked.name.Length / sizeof(WCHAR)};
    place = absolute(&name);
    if (place != PLACE_NONE && name.chars) place = PLACE_NONE;
    if (place == PLACE_NONE) {
      name = (struct name){"", asked.name.Buffer, asked.name.Length / sizeof(WCHAR)};
      place = absolute_file(&name);
      if ((place == PLACE_PIPE || place == PLACE_MAILSLOT) && name.chars) place = PLACE_FILE;
    }
  }
  const uint32_t slot = (uint32_t)InterlockedIncrement(&next_folder) % FOLDERS;
  folders[slot].handle = NULL;
  folders[slot].place = place;
  __atomic_store_n(&folders[slot].handle, handle, __ATOMIC_RELEASE);
  return place;
}

void forget_folder(HANDLE handle) {
  if (handle == NULL) return;
  for (int i = 0; i < FOLDERS; i++)
    if (folders[i].handle == handle) folders[i].handle = NULL;
}

static int begin(ATTRIBUTES attributes, struct name *name) {
  if (!attributes || !attributes->ObjectName || !attributes->ObjectName->Buffer) return 0;
  name->prefix = "";
  name->text = attributes->ObjectName->Buffer;
  name->chars = attributes->ObjectName->Length / sizeof(WCHAR);
  return 1;
}

static const char *const kPrefixes[] = {
    [PLACE_LOCAL] = "Local\\", [PLACE_GLOBAL] = "Global\\", [PLACE_PIPE] = "\\\\.\\pipe\\", [PLACE_MAILSLOT] = "\\\\.\\mailslot\\"};

static enum place finish(enum place place, struct name *name) {
  if (place < sizeof kPrefixes / sizeof *kPrefixes && kPrefixes[place]) name->prefix = kPrefixes[place];
  return place;
}

enum place name_object(ATTRIBUTES attributes, struct name *name) {
  if (!begin(attributes, name) || !name->chars) return PLACE_NONE;
  if (!attributes->RootDirectory) return finish(absolute(name), name);
  const enum place folder = find_folder(attributes->RootDirectory);
  if (folder != PLACE_LOCAL && folder != PLACE_GLOBAL) return PLACE_NONE;
  return finish(inside_session(folder, name), name);
}

enum place name_file(ATTRIBUTES attributes, struct name *name) {
  if (!begin(attributes, name)) return PLACE_NONE;
  if (!attributes->RootDirectory) return finish(absolute_file(name), name);
  // A file relative to a folder of files is the common case: nothing is asked for it.
  if (name->chars && *name->text == '\\') return PLACE_FILE;
  return finish(find_folder(attributes->RootDirectory), name);
}

// One character at `at`, which is moved behind it.
static uint32_t next_char(const struct name *name, uint32_t *at) {
  const uint32_t c = name->text[(*at)++];
  if (c < 0xd800 || c > 0xdbff || *at >= name->chars) return c;
  const uint32_t low = name->text[*at];
  if (low < 0xdc00 || low > 0xdfff) return c;
  (*at)++;
  return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static uint32_t char_bytes(uint32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

uint32_t name_bytes(const struct name *name) {
  uint32_t bytes = (uint32_t)strlen(name->prefix);
  for (uint32_t at = 0; at < name->chars;) bytes += char_bytes(next_char(name, &at));
  return bytes;
}

uint64_t hash_name(const struct name *name) {
  uint64_t hash = SH_MIX_BEGIN;
  for (const char *c = name->prefix; *c; c++) hash = sh_mix(hash, (uint8_t)*c);
  for (uint32_t at = 0; at < name->chars;) hash = sh_mix(hash, next_char(name, &at));
  return sh_mixed(hash);
}

uint32_t write_name(const struct name *name, uint8_t *out, uint32_t room) {
  uint32_t used = (uint32_t)strlen(name->prefix);
  if (used > room) return 0;
  memcpy(out, name->prefix, used);
  for (uint32_t at = 0; at < name->chars;) {
    const uint32_t c = next_char(name, &at), bytes = char_bytes(c);
    if (used + bytes > room) break;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    uint32_t rest = c;
    for (uint32_t i = bytes - 1; i > 0; i--, rest >>= 6) out[used + i] = (uint8_t)(0x80 | (rest & 0x3f));
    out[used] = (uint8_t)(lead[bytes] | rest);
    used += bytes;
  }
  return used;
}

uint32_t access_bits(ACCESS_MASK mask) {
  uint32_t bits = 0;
  if (mask & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA)) bits |= 1;
  if (mask & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA | FILE_APPEND_DATA)) bits |= 2;
  if (mask & (GENERIC_EXECUTE | FILE_EXECUTE)) bits |= 4;
  if (mask & DELETE) bits |= 16;
  return bits;
}
