// A window that stands for one of another VM. It has the class and the title of the real one; what other programs send
// or post to it goes over its channel, and who sends waits in the Wine server as for any window. While one waits, the
// stand-in takes what others send: the real window may ask its sender something before it answers.
//
// When the real window is gone, so is the stand-in: its thread ends, which is what fails a SendMessage that waits.
#include "window.h"

#include <stdlib.h>
#include <string.h>

#define MOST_NESTED 16
#define MARK L"shuttle-stand-in"

struct waiting {
  uint32_t number;
  int over, outcome;
  LRESULT result;
  struct gathered data;
};

struct stand_in {
  HWND window;
  HANDLE answered;           // set whenever an answer came
  int channel;
  volatile LONG gone, users; // two threads share it
  CRITICAL_SECTION lock;     // of what follows
  struct waiting *nested[MOST_NESTED];
  int depth;
  uint32_t next;             // the window's thread only
  int posted, inside;        // the message being dispatched came by PostMessage; our own defaults run
  DWORD thread;
  WCHAR class[MOST_CLASS], title[MOST_TITLE];
};

static DWORD own_stand_in;

static void leave(struct stand_in *stand_in) {
  if (InterlockedDecrement(&stand_in->users)) return;
  linux_close(stand_in->channel);
  CloseHandle(stand_in->answered);
  DeleteCriticalSection(&stand_in->lock);
  free(stand_in);
}

static struct waiting *waiting_for(struct stand_in *stand_in, uint32_t number) {
  for (int i = 0; i < stand_in->depth; i++)
    if (stand_in->nested[i]->number == number) return stand_in->nested[i];
  return NULL;
}

static void take_result(struct stand_in *stand_in, const struct packet *packet) {
  EnterCriticalSection(&stand_in->lock);
  struct waiting *waiting = waiting_for(stand_in, packet->head.number);
  if (waiting && !waiting->over) {
    const int whole = gather(&waiting->data, packet);
    if (packet->head.say == SH_RESULT) {
      waiting->outcome = packet->head.outcome;
      waiting->result = (LRESULT)packet->head.l;
    }
    if (!whole) waiting->outcome = SH_FAILED;
    waiting->over = !whole || !packet->head.more;
    if (waiting->over) SetEvent(stand_in->answered);
  }
  LeaveCriticalSection(&stand_in->lock);
}

static DWORD WINAPI take_results(void *given) {
  struct stand_in *stand_in = given;
  struct packet *packet = malloc(sizeof *packet);
  while (packet && take_packet(stand_in->channel, packet) && packet->head.say != SH_WINDOW_GONE)
    if (packet->head.say == SH_RESULT || packet->head.say == SH_RESULT_MORE) take_result(stand_in, packet);
  free(packet);
  InterlockedExchange(&stand_in->gone, 1);
  linux_shutdown(stand_in->channel);
  SetEvent(stand_in->answered);
  PostThreadMessageW(stand_in->thread, WM_QUIT, 0, 0);
  leave(stand_in);
  return 0;
}

// Returns when the answer is there; never, when the window is gone.
static void wait_for(struct stand_in *stand_in, struct waiting *waiting) {
  for (;;) {
    EnterCriticalSection(&stand_in->lock);
    const int over = waiting->over;
    LeaveCriticalSection(&stand_in->lock);
    if (over) return;
    if (stand_in->gone) {
      leave(stand_in);
      ExitThread(0);
    }
    if (MsgWaitForMultipleObjectsEx(1, &stand_in->answered, INFINITE, QS_SENDMESSAGE, 0) == WAIT_OBJECT_0 + 1) {
      MSG unused;
      PeekMessageW(&unused, NULL, 0, 0, PM_NOREMOVE | PM_QS_SENDMESSAGE);
      // An answer to an outer call may have come while an inner one used up the event.
      SetEvent(stand_in->answered);
    }
  }
}

static uint32_t name_message(UINT message, char *out) {
  WCHAR name[MOST_CLASS];
  const int chars = message >= 0xc000 ? GetClipboardFormatNameW(message, name, MOST_CLASS) : 0;
  const uint32_t bytes = chars > 0 ? to_bytes(name, (uint32_t)chars, out, SH_MOST_MESSAGE_NAME - 1) : 0;
  out[bytes] = 0;
  return bytes;
}

static const uint8_t *data_to_send(enum sh_shape shape, WPARAM *w, LPARAM l, uint64_t *bytes) {
  *bytes = 0;
  if (shape == SH_SHAPE_TEXT && l) {
    *bytes = (lstrlenW((const WCHAR *)l) + 1) * sizeof(WCHAR);
    return (const uint8_t *)l;
  }
  if (shape == SH_SHAPE_BYTES && l) {
    const COPYDATASTRUCT *copied = (const COPYDATASTRUCT *)l;
    *w = copied->dwData;
    *bytes = copied->lpData ? copied->cbData : 0;
    return copied->lpData;
  }
  return NULL;
}

static LRESULT finish(enum sh_shape shape, UINT message, WPARAM w, LPARAM l, struct stand_in *stand_in, const struct waiting *waiting) {
  if (waiting->outcome != SH_DONE_WELL) return 0;
  if (shape == SH_SHAPE_TEXT_OUT) {
    WCHAR *out = (WCHAR *)l;
    uint64_t chars = waiting->data.used / sizeof(WCHAR);
    if (!w || !out) return 0;
    if (chars > w - 1) chars = w - 1;
    memcpy(out, waiting->data.bytes, chars * sizeof(WCHAR));
    out[chars] = 0;
    return (LRESULT)chars;
  }
  // What others read of the stand-in without asking it follows.
  if (message == WM_SETTEXT) {
    stand_in->inside++;
    DefWindowProcW(stand_in->window, message, w, l);
    stand_in->inside--;
  }
  return waiting->result;
}

static LRESULT forward(struct stand_in *stand_in, enum sh_how how, UINT message, WPARAM w, LPARAM l) {
  char name[SH_MOST_MESSAGE_NAME];
  struct waiting waiting = {.number = ++stand_in->next};
  struct sh_window_frame head = {.say = SH_CALL, .number = waiting.number, .message = message, .how = (uint8_t)how, .w = w, .l = (uint64_t)l};
  enum sh_shape shape = shape_of(message, w, l);
  // Only who waits can have texts taken from or put into its memory.
  if (how != SH_HOW_SEND && shape != SH_SHAPE_NUMBERS) shape = SH_SHAPE_NONE;
  head.shape = (uint8_t)shape;
  WPARAM number = w;
  uint64_t bytes;
  const uint8_t *data = data_to_send(shape, &number, l, &bytes);
  head.w = number;
  if (shape != SH_SHAPE_NUMBERS) head.l = 0;
  const uint32_t named = name_message(message, name);
  if (bytes > SH_MOST_CALL || stand_in->depth == MOST_NESTED) return 0;
  const int answered = how == SH_HOW_SEND;
  if (answered) {
    EnterCriticalSection(&stand_in->lock);
    stand_in->nested[stand_in->depth++] = &waiting;
    LeaveCriticalSection(&stand_in->lock);
  }
  if (!send_packets(stand_in->channel, head, SH_CALL_MORE, named ? name : NULL, data, bytes)) linux_shutdown(stand_in->channel);
  if (!answered) return 0;
  wait_for(stand_in, &waiting);
  EnterCriticalSection(&stand_in->lock);
  stand_in->depth--;  // inner calls ended before
  LeaveCriticalSection(&stand_in->lock);
  const LRESULT result = finish(shape, message, w, l, stand_in, &waiting);
  free(waiting.data.bytes);
  return result;
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l) {
  struct stand_in *stand_in = TlsGetValue(own_stand_in);
  const int posted = stand_in ? stand_in->posted : 0;
  if (stand_in) stand_in->posted = 0;
  if (!stand_in || stand_in->inside || window != stand_in->window || is_the_systems(message)) return DefWindowProcW(window, message, w, l);
  const DWORD sent = InSendMessageEx(NULL);
  // What the system tells the thread's own window is the stand-in's affair.
  if (!posted && !(sent & (ISMEX_SEND | ISMEX_NOTIFY | ISMEX_CALLBACK))) return DefWindowProcW(window, message, w, l);
  return forward(stand_in, posted ? SH_HOW_POST : sent & ISMEX_NOTIFY ? SH_HOW_NOTIFY : SH_HOW_SEND, message, w, l);
}

static void register_class(const WCHAR *name) {
  const WNDCLASSEXW class = {.cbSize = sizeof class, .lpfnWndProc = on_message, .hInstance = GetModuleHandleW(NULL), .lpszClassName = name};
  RegisterClassExW(&class);  // of this process alone; one that is there already is ours as well
}

static void make_window(struct stand_in *stand_in, HWND parent) {
  register_class(stand_in->class);
  TlsSetValue(own_stand_in, stand_in);
  stand_in->inside = 1;
  stand_in->window = CreateWindowExW(0, stand_in->class, stand_in->title, parent ? WS_CHILD : WS_POPUP, 0, 0, 0, 0, parent, NULL, GetModuleHandleW(NULL), NULL);
  if (!stand_in->window) return;
  SetPropW(stand_in->window, MARK, (HANDLE)1);
  // Not one that a broadcast reaches: those go to this VM's windows, and elsewhere only by a rule of their own.
  SetWindowLongW(stand_in->window, GWL_STYLE, WS_CHILD);
  stand_in->inside = 0;
}

static struct stand_in *prepare(const struct order *order) {
  struct stand_in *stand_in = calloc(1, sizeof *stand_in);
  if (!stand_in) return NULL;
  const WCHAR *title = second_text(order);
  lstrcpynW(stand_in->class, order->name, MOST_CLASS);
  lstrcpynW(stand_in->title, title, MOST_TITLE);
  stand_in->channel = order->channel;
  stand_in->answered = CreateEventW(NULL, FALSE, FALSE, NULL);
  stand_in->thread = GetCurrentThreadId();
  stand_in->users = 1;
  InitializeCriticalSection(&stand_in->lock);
  return stand_in;
}

void begin_stand_ins(void) { own_stand_in = TlsAlloc(); }

void stand_in_window(struct order *order) {
  struct stand_in *stand_in = prepare(order);
  if (!stand_in) return report(order, STATUS_NO_MEMORY), linux_close(order->channel);
  make_window(stand_in, (HWND)(ULONG_PTR)order->said.extra[0]);
  if (!stand_in->window) {
    report(order, last_status() ? last_status() : STATUS_UNSUCCESSFUL);
    return leave(stand_in);
  }
  stand_in->users = 2;
  HANDLE listener = CreateThread(NULL, 64 * 1024, take_results, stand_in, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (listener) CloseHandle(listener);
  else stand_in->users = 1, stand_in->gone = 1;
  order->report.extra[0] = (uint64_t)(ULONG_PTR)stand_in->window;
  report(order, listener ? STATUS_SUCCESS : STATUS_NO_MEMORY);
  MSG message;
  while (!stand_in->gone && GetMessageW(&message, NULL, 0, 0) > 0) {
    stand_in->posted = message.hwnd == stand_in->window;
    DispatchMessageW(&message);
  }
  stand_in->inside = 1;
  DestroyWindow(stand_in->window);
  linux_shutdown(stand_in->channel);
  leave(stand_in);
}
