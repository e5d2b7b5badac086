// DDE messages taken apart and put together. Which of the two halves of `l` is what, and who frees it, is the protocol's.
#include "dde.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_REGISTERED 0xc000u

struct parts {
  struct sh_dde_frame head;
  ATOM item;
  HGLOBAL memory;
};

static uint32_t name_item(ATOM item, char *out) {
  WCHAR name[MOST_DDE_NAME];
  const UINT chars = item ? GlobalGetAtomNameW(item, name, MOST_DDE_NAME) : 0;
  return to_bytes(name, chars, out, SH_MOST_ITEM);
}
static uint32_t name_format(UINT format, char *out) {
  WCHAR name[MOST_DDE_NAME];
  const int chars = format >= FIRST_REGISTERED ? GetClipboardFormatNameW(format, name, MOST_DDE_NAME) : 0;
  return chars > 0 ? to_bytes(name, (uint32_t)chars, out, SH_MOST_ITEM) : 0;
}

// The format stands in the third and fourth byte of what is advised, given or poked.
static UINT format_in(const uint8_t *bytes, uint64_t count) { return count >= 4 ? (UINT)(bytes[2] | bytes[3] << 8) : 0; }

static int send_parts(struct talk *talk, struct parts *parts) {
  static const uint8_t none[1];
  const uint8_t *data = parts->memory ? GlobalLock(parts->memory) : none;
  uint64_t left = parts->memory && data ? GlobalSize(parts->memory) : 0;
  char texts[2 * SH_MOST_ITEM];
  struct sh_dde_frame *head = &parts->head;
  head->total = left;
  head->has_data = parts->memory != NULL;
  if (parts->memory && head->message != WM_DDE_EXECUTE) head->number = format_in(data, left);
  const int has_format = head->message != WM_DDE_ACK && head->message != WM_DDE_EXECUTE;
  head->format_bytes = has_format ? name_format(head->number, texts) : 0;
  head->item_bytes = name_item(parts->item, texts + head->format_bytes);
  int sent = left <= SH_MOST_DDE;
  // The names in a packet of their own where there is data: that is sent from where it lies.
  if (sent) {
    head->more = left > 0;
    sent = linux_send(talk->channel, head, sizeof *head, texts, head->format_bytes + head->item_bytes, 0) == 0;
    head->format_bytes = head->item_bytes = 0;
  }
  while (sent && left) {
    head->data_bytes = left > SH_DDE_BYTES ? SH_DDE_BYTES : (uint32_t)left;
    head->more = left > head->data_bytes;
    sent = linux_send(talk->channel, head, sizeof *head, data, head->data_bytes, 0) == 0;
    data += head->data_bytes;
    left -= head->data_bytes;
  }
  if (parts->memory) GlobalUnlock(parts->memory);
  return sent;
}

static int keep_command(struct talk *talk, HGLOBAL memory) {
  if (talk->command_count == MOST_COMMANDS) return 0;
  talk->commands[(talk->first_command + talk->command_count++) % MOST_COMMANDS] = memory;
  return 1;
}

// Ours was taken: it is ours again, and done with.
static void drop_posted(struct talk *talk, HGLOBAL memory) {
  for (uint32_t i = 0; i < talk->posted_count; i++)
    if (talk->posted[i] == memory) {
      GlobalFree(memory);
      memmove(talk->posted + i, talk->posted + i + 1, (--talk->posted_count - i) * sizeof *talk->posted);
      return;
    }
}

int send_dde(struct talk *talk, UINT message, LPARAM l) {
  struct parts parts = {.head = {.message = message}};
  UINT_PTR low = 0, high = 0;
  int sent;
  if (message == WM_DDE_TERMINATE) return send_parts(talk, &parts);
  if (message == WM_DDE_EXECUTE) {
    parts.memory = (HGLOBAL)l;
    return l && keep_command(talk, parts.memory) && send_parts(talk, &parts);
  }
  if (!UnpackDDElParam(message, l, &low, &high)) return 0;
  if (message == WM_DDE_ACK) {
    parts.head.number = (uint32_t)low;
    parts.head.of_execute = high > 0xffff;
    if (parts.head.of_execute) drop_posted(talk, (HGLOBAL)high);
    else parts.item = (ATOM)high;
  } else if (message == WM_DDE_REQUEST || message == WM_DDE_UNADVISE) {
    parts.head.number = (uint32_t)low;
    parts.item = (ATOM)high;
  } else {
    parts.memory = (HGLOBAL)low;
    parts.item = (ATOM)high;
  }
  sent = send_parts(talk, &parts);
  FreeDDElParam(message, l);
  // What came with the message is ours now: the atom was made for us, the memory is a copy.
  if (parts.item) GlobalDeleteAtom(parts.item);
  if (parts.memory) GlobalFree(parts.memory);
  return sent;
}

static HGLOBAL memory_of(const struct dde_message *message) {
  if (!message->has_data || !message->bytes) return NULL;
  HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE | GMEM_DDESHARE, message->bytes);
  uint8_t *bytes = memory ? GlobalLock(memory) : NULL;
  if (!bytes) return NULL;
  memcpy(bytes, message->data, message->bytes);
  if (message->message != WM_DDE_EXECUTE && message->bytes >= 4) {
    bytes[2] = (uint8_t)message->number;
    bytes[3] = (uint8_t)(message->number >> 8);
  }
  GlobalUnlock(memory);
  return memory;
}

static void post(struct talk *talk, UINT message, LPARAM l) {
  if (!PostMessageW(talk->partner, message, (WPARAM)talk->window, l) && l) FreeDDElParam(message, l);
}

static void post_command(struct talk *talk, const struct dde_message *message) {
  HGLOBAL memory = memory_of(message);
  if (!memory || talk->posted_count == MOST_COMMANDS) return;
  talk->posted[talk->posted_count++] = memory;
  PostMessageW(talk->partner, WM_DDE_EXECUTE, (WPARAM)talk->window, (LPARAM)memory);
}

static void post_acknowledgement(struct talk *talk, const struct dde_message *message, ATOM item) {
  if (!message->of_execute) return post(talk, WM_DDE_ACK, PackDDElParam(WM_DDE_ACK, message->number & 0xffff, item));
  if (!talk->command_count) return;
  HGLOBAL command = talk->commands[talk->first_command];
  talk->first_command = (talk->first_command + 1) % MOST_COMMANDS;
  talk->command_count--;
  post(talk, WM_DDE_ACK, PackDDElParam(WM_DDE_ACK, message->number & 0xffff, (UINT_PTR)command));
  GlobalFree(command);  // the copy that the Wine server made for us; its pair goes back
}

void post_dde(struct talk *talk, const struct dde_message *message) {
  if (message->message == WM_DDE_TERMINATE) return post(talk, WM_DDE_TERMINATE, 0);
  if (message->message == WM_DDE_EXECUTE) return post_command(talk, message);
  const ATOM item = *message->item ? GlobalAddAtomW(message->item) : 0;
  if (message->message == WM_DDE_ACK) return post_acknowledgement(talk, message, item);
  if (message->message == WM_DDE_REQUEST || message->message == WM_DDE_UNADVISE)
    return post(talk, message->message, PackDDElParam(message->message, message->number & 0xffff, item));
  HGLOBAL memory = memory_of(message);
  post(talk, message->message, PackDDElParam(message->message, (UINT_PTR)memory, item));
}
