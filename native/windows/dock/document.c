// Documents and addresses opened for another VM, by what this one has registered for them.
#include "program.h"

#include <stdlib.h>
#include <winreg.h>

#define MOST_COMMAND 2048

// One that is to be expanded comes expanded.
static int read_text(const WCHAR *key, const WCHAR *value, WCHAR *out, DWORD chars) {
  DWORD bytes = chars * sizeof *out;
  return RegGetValueW(HKEY_CLASSES_ROOT, key, value, RRF_RT_REG_SZ, NULL, out, &bytes) == ERROR_SUCCESS && *out;
}

static uint32_t scheme_of(const WCHAR *name) {
  uint32_t at = 0;
  while (name[at] && name[at] != ':' && name[at] != '\\' && name[at] != '/') at++;
  return name[at] == ':' && at > 1 ? at : 0;
}

// The class an address's scheme or a document's ending stands for.
static int class_of(const WCHAR *name, WCHAR *class, DWORD room) {
  const uint32_t scheme = scheme_of(name);
  const WCHAR *ending = NULL;
  if (scheme) {
    if (scheme >= room) return 0;
    lstrcpynW(class, name, (int)scheme + 1);
    return RegGetValueW(HKEY_CLASSES_ROOT, class, L"URL Protocol", RRF_RT_ANY, NULL, NULL, NULL) == ERROR_SUCCESS;
  }
  for (; *name; name++) ending = *name == '.' ? name : *name == '\\' ? NULL : ending;
  return ending && ending[1] && !wcschr(ending, '\\') && read_text(ending, NULL, class, room);
}

static int command_of(const WCHAR *name, const WCHAR *verb, WCHAR *command) {
  WCHAR class[256], key[600], chosen[256];
  if (!class_of(name, class, 256)) return 0;
  wsprintfW(key, L"%s\\shell", class);
  if (*verb && lstrlenW(verb) < 200 && !wcschr(verb, '\\')) lstrcpyW(chosen, verb);
  else if (!read_text(key, NULL, chosen, 256) || lstrlenW(chosen) > 200) lstrcpyW(chosen, L"open");
  wsprintfW(key, L"%s\\shell\\%s\\command", class, chosen);
  return read_text(key, NULL, command, MOST_COMMAND);
}

// The command with the name in its place; behind it where it says none.
static void write_line(const WCHAR *command, const WCHAR *name, WCHAR *out, uint32_t room) {
  const uint32_t chars = (uint32_t)lstrlenW(name);
  uint32_t used = 0;
  int placed = 0;
  for (const WCHAR *at = command; *at && used + chars + 4 < room; at++) {
    if (*at != '%' || !at[1]) {
      out[used++] = *at;
      continue;
    }
    at++;
    if (*at == '1' || *at == 'L' || *at == 'l') lstrcpyW(out + used, name), used += chars, placed = 1;
    else if (*at == '%') out[used++] = '%';
  }
  out[used] = 0;
  if (!placed && used + chars + 4 < room) wsprintfW(out + used, L" \""), lstrcatW(out, name), lstrcatW(out, L"\"");
}

static const WCHAR *verb_of(const struct order *order) {
  const int end = lstrlenW(order->name) + 1;
  return (uint32_t)end < order->chars ? order->name + end : L"";
}

// A quote in a name would end it, and what follows would be words of its own.
static int is_plain(const WCHAR *name) { return !wcschr(name, '"') && lstrlenW(name) < MOST_COMMAND; }

void obey_document(struct order *order) {
  WCHAR *command = malloc(MOST_COMMAND * sizeof *command), *line = malloc(3 * MOST_COMMAND * sizeof *line);
  const int address = scheme_of(order->name) != 0;
  // Theirs or ours, but somebody's.
  const int there = address || order->said.extra[0] || GetFileAttributesW(order->name) != INVALID_FILE_ATTRIBUTES;
  if (!command || !line || !there || !is_plain(order->name) || !command_of(order->name, verb_of(order), command)) {
    report(order, STATUS_OBJECT_NAME_NOT_FOUND);
    if (order->channel >= 0) linux_close(order->channel);
  } else if (order->said.say == SH_WAIT) {
    report(order, STATUS_SUCCESS);
  } else {
    write_line(command, order->name, line, 3 * MOST_COMMAND);
    start_words(order, &(struct words){NULL, L"C:\\", line});
  }
  free(command);
  free(line);
}
