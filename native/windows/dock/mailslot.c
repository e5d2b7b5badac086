// Mailslots: a stand-in takes what this VM's programs send and passes each message on; the owner's dock opens the real
// one for each, so that one made anew under the same name gets what comes after.
#include "dock.h"

#include <stdlib.h>

struct letter {
  struct sh_frame head;
  uint8_t bytes[SH_FRAME_BYTES];
};

static HANDLE open_slot(const WCHAR *name) { return CreateFileW(name, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL); }

static void look(struct order *order) {
  HANDLE slot = open_slot(order->name);
  report(order, slot == INVALID_HANDLE_VALUE ? last_status() : STATUS_SUCCESS);
  if (slot != INVALID_HANDLE_VALUE) CloseHandle(slot);
}

static void deliver(struct order *order) {
  struct letter *letter = malloc(sizeof *letter);
  report(order, letter ? STATUS_SUCCESS : STATUS_NO_MEMORY);
  while (letter) {
    const long long size = linux_receive(order->channel, letter, sizeof *letter, NULL);
    if (size < (long long)sizeof letter->head || letter->head.bytes != (uint64_t)size - sizeof letter->head) break;
    HANDLE slot = open_slot(order->name);
    DWORD written;
    if (slot == INVALID_HANDLE_VALUE) continue;  // as on one machine: who sends is not told
    WriteFile(slot, letter->bytes, letter->head.bytes, &written, NULL);
    CloseHandle(slot);
  }
  free(letter);
  linux_close(order->channel);
}

static void collect(struct order *order) {
  struct letter *letter = malloc(sizeof *letter);
  HANDLE slot = CreateMailslotW(order->name, SH_FRAME_BYTES, MAILSLOT_WAIT_FOREVER, NULL);
  report(order, slot == INVALID_HANDLE_VALUE || !letter ? last_status() : STATUS_SUCCESS);
  for (DWORD bytes; slot != INVALID_HANDLE_VALUE && letter && ReadFile(slot, letter->bytes, sizeof letter->bytes, &bytes, NULL);) {
    letter->head = (struct sh_frame){SH_DATA, 0, bytes};
    if (linux_send(order->channel, &letter->head, sizeof letter->head, letter->bytes, bytes, 0)) break;
  }
  if (slot != INVALID_HANDLE_VALUE) CloseHandle(slot);
  free(letter);
  linux_close(order->channel);
}

void obey_mailslot(struct order *order) {
  if (order->said.say == SH_WAIT) return look(order);
  if (order->said.say == SH_OPEN && order->channel >= 0) return deliver(order);
  if (order->said.say == SH_STAND && order->channel >= 0) return collect(order);
  report(order, STATUS_NOT_IMPLEMENTED);
}
