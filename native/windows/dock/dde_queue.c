// What comes over a conversation's channel, put together and kept until the window's thread takes it.
#include "dde.h"

#include <stdlib.h>
#include <string.h>

#define MOST_QUEUED 256

struct talk *new_talk(int channel) {
  struct talk *talk = calloc(1, sizeof *talk);
  if (!talk) return NULL;
  talk->channel = channel;
  talk->came = CreateEventW(NULL, FALSE, FALSE, NULL);
  talk->users = 1;
  InitializeCriticalSection(&talk->lock);
  return talk;
}

void leave_talk(struct talk *talk) {
  if (InterlockedDecrement(&talk->users)) return;
  for (struct dde_message *message; (message = next_dde(talk)) != NULL;) free(message);
  free(talk->open);
  linux_close(talk->channel);
  CloseHandle(talk->came);
  DeleteCriticalSection(&talk->lock);
  free(talk);
}

int take_dde(int channel, struct dde_packet *packet) {
  const long long size = linux_receive(channel, packet, sizeof *packet, NULL);
  if (size < (long long)sizeof packet->head) return 0;
  const struct sh_dde_frame *head = &packet->head;
  if (head->format_bytes > SH_MOST_ITEM || head->item_bytes > SH_MOST_ITEM) return 0;
  return (uint64_t)head->format_bytes + head->item_bytes + head->data_bytes == (uint64_t)size - sizeof *head;
}

static struct dde_message *open_message(const struct dde_packet *packet) {
  const struct sh_dde_frame *head = &packet->head;
  if (head->total > SH_MOST_DDE || head->message < WM_DDE_FIRST || head->message > WM_DDE_LAST || head->message == WM_DDE_INITIATE) return NULL;
  struct dde_message *message = calloc(1, sizeof *message + head->total + sizeof(WCHAR));
  if (!message) return NULL;
  message->message = head->message;
  message->number = head->number;
  message->of_execute = head->of_execute;
  message->has_data = head->has_data;
  message->bytes = head->total;
  const char *texts = (const char *)packet->texts;
  if (head->format_bytes) {
    WCHAR name[MOST_DDE_NAME] = {0};
    wide_name((const uint8_t *)texts, head->format_bytes, name, MOST_DDE_NAME - 1);
    message->number = RegisterClipboardFormatW(name);
  }
  wide_name((const uint8_t *)texts + head->format_bytes, head->item_bytes, message->item, MOST_DDE_NAME - 1);
  return message;
}

int queue_dde(struct talk *talk, const struct dde_packet *packet) {
  if (!talk->open) {
    talk->open = open_message(packet);
    talk->used = 0;
    if (!talk->open) return 0;
  }
  const struct sh_dde_frame *head = &packet->head;
  if (head->data_bytes > talk->open->bytes - talk->used) return 0;
  memcpy(talk->open->data + talk->used, packet->texts + head->format_bytes + head->item_bytes, head->data_bytes);
  talk->used += head->data_bytes;
  if (head->more) return 1;
  while (talk->queued >= MOST_QUEUED && !talk->over) Sleep(10);
  EnterCriticalSection(&talk->lock);
  if (talk->last) talk->last->next = talk->open;
  else talk->first = talk->open;
  talk->last = talk->open;
  talk->queued++;
  LeaveCriticalSection(&talk->lock);
  talk->open = NULL;
  return 1;
}

struct dde_message *next_dde(struct talk *talk) {
  EnterCriticalSection(&talk->lock);
  struct dde_message *message = talk->first;
  if (message) {
    talk->first = message->next;
    if (!talk->first) talk->last = NULL;
    talk->queued--;
  }
  LeaveCriticalSection(&talk->lock);
  return message;
}
