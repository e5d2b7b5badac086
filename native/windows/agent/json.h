// The detail of a row, written without a heap: what does not fit is left out whole.
#ifndef SHUTTLE_JSON_H
#define SHUTTLE_JSON_H

#include "nt.h"

struct json {
  char text[640];  // always one whole object, ready to be sent
  uint32_t used;
};

void json_begin(struct json *json);
void json_number(struct json *json, const char *key, uint64_t value);
// ASCII of our own, which needs no escaping.
void json_word(struct json *json, const char *key, const char *value);
// The program's: escaped; cut where it is long.
void json_wide(struct json *json, const char *key, const WCHAR *value, uint32_t chars);

#endif
