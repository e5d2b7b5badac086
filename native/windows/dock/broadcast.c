// A message of another VM's to all windows here: `extra` is its number, its two values, and whether its sender waits; the
// name is a registered message's.
#include "window.h"

#define ANSWER_WITHIN_MS 5000  // of each window

void obey_broadcast(struct order *order) {
  const UINT message = order->chars ? RegisterWindowMessageW(order->name) : (UINT)order->said.extra[0];
  const WPARAM w = (WPARAM)order->said.extra[1];
  const LPARAM l = (LPARAM)order->said.extra[2];
  if (order->channel >= 0) linux_close(order->channel);
  if (!message || shape_of(message, w, l) != SH_SHAPE_NUMBERS) return report(order, STATUS_NOT_SUPPORTED);
  DWORD_PTR unused;
  if (order->said.extra[3]) SendMessageTimeoutW(HWND_BROADCAST, message, w, l, SMTO_ABORTIFHUNG, ANSWER_WITHIN_MS, &unused);
  else PostMessageW(HWND_BROADCAST, message, w, l);
  report(order, STATUS_SUCCESS);
}
