#include "json.h"

#include <string.h>

#define MOST_CHARS 80  // of a program's text: six bytes each at the worst

static void put(struct json *json, const char *text) {
  const uint32_t bytes = (uint32_t)strlen(text);
  memcpy(json->text + json->used, text, bytes + 1);
  json->used += bytes;
}

// Room for a key and `bytes` more, before the closing brace; leaves the text where the value goes.
static int open_key(struct json *json, const char *key, uint32_t bytes) {
  if (json->used + strlen(key) + bytes + 8 > sizeof json->text) return 0;
  json->used--;
  if (json->used > 1) put(json, ",");
  put(json, "\"");
  put(json, key);
  put(json, "\":");
  return 1;
}

void json_begin(struct json *json) {
  json->used = 0;
  put(json, "{}");
}

void json_number(struct json *json, const char *key, uint64_t value) {
  char digits[24];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  if (!open_key(json, key, sizeof digits)) return;
  put(json, digits + at);
  put(json, "}");
}

void json_word(struct json *json, const char *key, const char *value) {
  if (!open_key(json, key, (uint32_t)strlen(value) + 3)) return;
  put(json, "\"");
  put(json, value);
  put(json, "\"}");
}

void json_wide(struct json *json, const char *key, const WCHAR *value, uint32_t chars) {
  static const char hex[] = "0123456789abcdef";
  if (chars > MOST_CHARS) chars = MOST_CHARS;
  if (!open_key(json, key, chars * 6 + 3)) return;
  put(json, "\"");
  for (uint32_t i = 0; i < chars; i++) {
    const WCHAR c = value[i];
    const char plain[] = {(char)c, 0}, escaped[] = {'\\', 'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15], hex[c & 15], 0};
    put(json, c >= 0x20 && c < 0x7f && c != '"' && c != '\\' ? plain : escaped);
  }
  put(json, "\"}");
}
