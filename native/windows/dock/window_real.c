// The owner's side of a window that another VM was given: what comes over the channel is sent to it, and its answers go
// back. Sends are taken by as many threads as wait in them, so that a window may be asked while it asks; what is posted
// keeps its order.
#include "window.h"

#include <stdlib.h>
#include <string.h>

#define MOST_THREADS 64
#define MOST_OPEN 8        // calls whose data is still coming
#define LOOK_EVERY_MS 300  // whether the window is still there

struct call {
  struct sh_window_frame head;
  struct gathered data;
};

struct real {
  HWND window;
  int channel;
  volatile LONG users, idle;
  volatile LONG over;
  CRITICAL_SECTION reading, writing;
  struct call open[MOST_OPEN];  // under `reading`
  struct packet packet;
};

static void leave(struct real *real) {
  if (InterlockedDecrement(&real->users)) return;
  linux_close(real->channel);
  DeleteCriticalSection(&real->reading);
  DeleteCriticalSection(&real->writing);
  for (int i = 0; i < MOST_OPEN; i++) free(real->open[i].data.bytes);
  free(real);
}

static void answer(struct real *real, const struct call *call, enum sh_result outcome, LRESULT result, const uint8_t *data, uint64_t bytes) {
  struct sh_window_frame head = {.say = SH_RESULT, .number = call->head.number, .message = call->head.message, .outcome = (uint8_t)outcome, .l = (uint64_t)result};
  EnterCriticalSection(&real->writing);
  send_packets(real->channel, head, SH_RESULT_MORE, NULL, data, bytes);
  LeaveCriticalSection(&real->writing);
}

static void end(struct real *real) {
  if (InterlockedExchange(&real->over, 1)) return;
  const struct sh_window_frame gone = {.say = SH_WINDOW_GONE};
  EnterCriticalSection(&real->writing);
  linux_send(real->channel, &gone, sizeof gone, NULL, 0, 0);
  LeaveCriticalSection(&real->writing);
  linux_shutdown(real->channel);
}

static int deliver(HWND window, const struct call *call, LPARAM l, DWORD_PTR *result) {
  // As long as it takes: who waits elsewhere has a time-out of his own, or none.
  return SendMessageTimeoutW(window, call->head.message, (WPARAM)call->head.w, l, SMTO_NORMAL, 0x7fffffff, result) != 0;
}

static void send_it(struct real *real, struct call *call) {
  DWORD_PTR result = 0;
  uint8_t *out = NULL;
  uint64_t bytes = 0;
  int done = 0;
  COPYDATASTRUCT copied = {(ULONG_PTR)call->head.w, (DWORD)call->data.used, call->data.bytes};
  switch (call->head.shape) {
    case SH_SHAPE_NUMBERS: done = deliver(real->window, call, (LPARAM)call->head.l, &result); break;
    case SH_SHAPE_TEXT: done = deliver(real->window, call, (LPARAM)call->data.bytes, &result); break;
    case SH_SHAPE_BYTES:
      call->head.w = 0;
      done = deliver(real->window, call, (LPARAM)&copied, &result);
      break;
    case SH_SHAPE_TEXT_OUT:
      if (call->head.w > SH_MOST_CALL / sizeof(WCHAR)) call->head.w = SH_MOST_CALL / sizeof(WCHAR);
      out = calloc(call->head.w + 1, sizeof(WCHAR));
      done = out && deliver(real->window, call, (LPARAM)out, &result);
      if (done) bytes = (result < call->head.w ? result : call->head.w) * sizeof(WCHAR);
      break;
  }
  if (done) answer(real, call, SH_DONE_WELL, (LRESULT)result, out, bytes);
  else if (IsWindow(real->window)) answer(real, call, SH_FAILED, 0, NULL, 0);
  else end(real);
  free(out);
}

// Ours to decide whether it may be done at all: the other side is another VM's.
static int is_fit(const struct call *call) {
  const enum sh_shape shape = shape_of(call->head.message, (WPARAM)call->head.w, call->head.shape == SH_SHAPE_NUMBERS ? (LPARAM)call->head.l : 0);
  return shape != SH_SHAPE_NONE && shape == (enum sh_shape)call->head.shape && (call->head.how == SH_HOW_SEND || shape == SH_SHAPE_NUMBERS);
}

static struct call *opened(struct real *real, const struct packet *packet) {
  struct call *free_one = NULL;
  for (int i = 0; i < MOST_OPEN; i++) {
    if (real->open[i].head.say && real->open[i].head.number == packet->head.number) return &real->open[i];
    if (!real->open[i].head.say && !free_one) free_one = &real->open[i];
  }
  if (packet->head.say != SH_CALL || !free_one) return NULL;
  free_one->head = packet->head;
  if (packet->head.name_bytes) {
    WCHAR name[SH_MOST_MESSAGE_NAME + 1];
    name[wide_name(packet->texts, packet->head.name_bytes, name, SH_MOST_MESSAGE_NAME)] = 0;
    free_one->head.message = RegisterWindowMessageW(name);
  }
  return free_one;
}

// The next call that is whole; posts are done on the way, in their order. False at the channel's end.
static int next_call(struct real *real, struct call *call) {
  while (!real->over) {
    if (linux_wait(real->channel, LOOK_EVERY_MS) == 0) {
      if (!IsWindow(real->window)) return 0;
      continue;
    }
    if (!take_packet(real->channel, &real->packet)) return 0;
    struct call *open = opened(real, &real->packet);
    if (!open) continue;
    const int whole = gather(&open->data, &real->packet);
    if (whole && real->packet.head.more) continue;
    *call = *open;
    memset(open, 0, sizeof *open);
    if (whole && is_fit(call) && call->head.how == SH_HOW_SEND) return 1;
    if (call->head.how == SH_HOW_SEND) answer(real, call, SH_REFUSED, 0, NULL, 0);
    else if (is_fit(call) && call->head.how == SH_HOW_POST) PostMessageW(real->window, call->head.message, (WPARAM)call->head.w, (LPARAM)call->head.l);
    else if (is_fit(call)) SendNotifyMessageW(real->window, call->head.message, (WPARAM)call->head.w, (LPARAM)call->head.l);
    free(call->data.bytes);
  }
  return 0;
}

static DWORD WINAPI work(void *given);

// Somebody must be there to read while this thread is in a call.
static void find_reader(struct real *real) {
  if (real->idle > 0 || real->users >= MOST_THREADS) return;
  InterlockedIncrement(&real->users);
  HANDLE thread = CreateThread(NULL, 128 * 1024, work, real, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (thread) CloseHandle(thread);
  else InterlockedDecrement(&real->users);
}

static DWORD WINAPI work(void *given) {
  struct real *real = given;
  for (struct call call;;) {
    InterlockedIncrement(&real->idle);
    EnterCriticalSection(&real->reading);
    const int there = next_call(real, &call);
    InterlockedDecrement(&real->idle);
    if (there) find_reader(real);
    LeaveCriticalSection(&real->reading);
    if (!there) break;
    send_it(real, &call);
    free(call.data.bytes);
  }
  end(real);
  leave(real);
  return 0;
}

void serve_real(struct order *order) {
  struct real *real = calloc(1, sizeof *real);
  const HWND window = (HWND)(ULONG_PTR)order->said.extra[0];
  if (!real || !IsWindow(window)) {
    report(order, real ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_NO_MEMORY);
    free(real);
    return linux_close(order->channel);
  }
  real->window = window;
  real->channel = order->channel;
  real->users = 1;
  InitializeCriticalSection(&real->reading);
  InitializeCriticalSection(&real->writing);
  report(order, STATUS_SUCCESS);
  work(real);
}
