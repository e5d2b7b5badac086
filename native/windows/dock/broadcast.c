// A message of another VM's to all windows here: `extra` is its number, its two values, and whether its sender waits; the
// name is a registered message's.
#include "window.h"

// Of each window. Not SMTO_ABORTIFHUNG: a thread that waited for long and was just woken by another message, and had no
// turn yet, counts as hung in Wine, so that on a busy machine what is sent right after what is posted would be dropped.
#define ANSWER_WITHIN_MS 20000

void obey_broadcast(struct order *order) {
  const UINT message = order->chars ? RegisterWindowMessageW(order->name) : (UINT)order->said.extra[0];
  const WPARAM w = (WPARAM)order->said.extra[1];
  const LPARAM l = (LPARAM)order->said.extra[2];
  if (order->channel >= 0) linux_close(order->channel);
  if (!message || shape_of(message, w, l) != SH_SHAPE_NUMBERS) return report(order, STATUS_NOT_SUPPORTED);
  DWORD_PTR unused;
  if (order->said.extra[3]) SendMessageTimeoutW(HWND_BROADCAST, message, w, l, SMTO_NORMAL, ANSWER_WITHIN_MS, &unused);
  else PostMessageW(HWND_BROADCAST, message, w, l);
  report(order, STATUS_SUCCESS);
}
