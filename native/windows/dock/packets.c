#include "window.h"

#include <stdlib.h>
#include <string.h>

int take_packet(int channel, struct packet *packet) {
  const long long size = linux_receive(channel, packet, sizeof *packet, NULL);
  if (size < (long long)sizeof packet->head) return 0;
  const uint64_t rest = (uint64_t)size - sizeof packet->head;
  return packet->head.name_bytes <= SH_MOST_MESSAGE_NAME && (uint64_t)packet->head.name_bytes + packet->head.data_bytes == rest;
}

const uint8_t *data_of(const struct packet *packet) { return packet->texts + packet->head.name_bytes; }

int send_packets(int channel, struct sh_window_frame head, uint32_t more_say, const char *name, const uint8_t *data, uint64_t bytes) {
  uint8_t texts[SH_MOST_MESSAGE_NAME];
  head.total = bytes;
  head.name_bytes = name ? (uint32_t)strlen(name) : 0;
  if (head.name_bytes > sizeof texts) return 0;
  if (head.name_bytes) memcpy(texts, name, head.name_bytes);
  // A name goes with a packet of its own where there is data too: the data is sent from where it lies.
  if (head.name_bytes) {
    head.more = bytes > 0;
    head.data_bytes = 0;
    if (linux_send(channel, &head, sizeof head, texts, head.name_bytes, 0)) return 0;
    if (!bytes) return 1;
    head.say = more_say;
    head.name_bytes = 0;
  }
  do {
    head.data_bytes = bytes > SH_CALL_BYTES ? SH_CALL_BYTES : (uint32_t)bytes;
    head.more = bytes > head.data_bytes;
    if (linux_send(channel, &head, sizeof head, data, head.data_bytes, 0)) return 0;
    data += head.data_bytes;
    bytes -= head.data_bytes;
    head.say = more_say;
  } while (bytes);
  return 1;
}

int gather(struct gathered *into, const struct packet *packet) {
  if (!into->bytes) {
    if (packet->head.total > SH_MOST_CALL) return 0;
    // Two zeros more: a text ends, whatever its sender says.
    into->bytes = calloc(1, packet->head.total + 2);
    if (!into->bytes) return 0;
    into->total = packet->head.total;
  }
  if (packet->head.data_bytes > into->total - into->used) return 0;
  memcpy(into->bytes + into->used, data_of(packet), packet->head.data_bytes);
  into->used += packet->head.data_bytes;
  return 1;
}

const WCHAR *second_text(const struct order *order) {
  uint32_t at = 0;
  while (at < order->chars && order->name[at]) at++;
  return at < order->chars ? order->name + at + 1 : L"";
}

uint32_t to_bytes(const WCHAR *text, uint32_t chars, char *out, uint32_t room) {
  uint32_t used = 0;
  for (uint32_t at = 0; at < chars;) {
    uint32_t c = text[at++];
    if ((c & 0xfc00) == 0xd800 && at < chars && (text[at] & 0xfc00) == 0xdc00) c = 0x10000 + ((c & 0x3ff) << 10) + (text[at++] & 0x3ff);
    const uint32_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (used + bytes > room) break;
    for (uint32_t i = bytes - 1; i > 0; i--, c >>= 6) out[used + i] = (char)(0x80 | (c & 0x3f));
    out[used] = (char)(lead[bytes] | c);
    used += bytes;
  }
  return used;
}
