// What the compiler expects of a C library; the agent has none.
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t bytes) {
  char *out = to;
  const char *in = from;
  while (bytes--) *out++ = *in++;
  return to;
}
void *memset(void *at, int value, size_t bytes) {
  char *out = at;
  while (bytes--) *out++ = (char)value;
  return at;
}
int memcmp(const void *a, const void *b, size_t bytes) {
  const unsigned char *one = a, *other = b;
  for (; bytes--; one++, other++)
    if (*one != *other) return *one - *other;
  return 0;
}
int strcmp(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}
size_t strlen(const char *text) {
  size_t bytes = 0;
  while (text[bytes]) bytes++;
  return bytes;
}
