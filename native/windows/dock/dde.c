// A DDE conversation with a program of another VM: one window here for the partner that is there, and a channel to the
// dock that has the other half. Requests, data, commands and acknowledgements are taken apart on one side, where atoms,
// formats and memory are this VM's, and put together on the other.
#include "dde.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_WITHIN_MS 10000   // each window, to the call for a service
#define COME_WITHIN_MS 60000     // the client, to the stand-in of its server
#define END_WITHIN_MS 20000      // the partner's own end

static DWORD own_talk;

static void take_channel(struct talk *talk);

static DWORD WINAPI listen_to(void *given) {
  struct talk *talk = given;
  struct dde_packet *packet = malloc(sizeof *packet);
  while (packet && take_dde(talk->channel, packet)) {
    if (!queue_dde(talk, packet)) break;
    SetEvent(talk->came);
  }
  free(packet);
  InterlockedExchange(&talk->over, 1);
  SetEvent(talk->came);
  leave_talk(talk);
  return 0;
}

// The atoms of a call or of its answer.
static LPARAM atoms_of(const struct talk *talk) {
  const ATOM service = lstrcmpW(talk->service, L"*") ? GlobalAddAtomW(talk->service) : 0;
  const ATOM topic = lstrcmpW(talk->topic, L"*") ? GlobalAddAtomW(talk->topic) : 0;
  return MAKELPARAM(service, topic);
}
static void drop_atoms(LPARAM atoms) {
  if (LOWORD(atoms)) GlobalDeleteAtom(LOWORD(atoms));
  if (HIWORD(atoms)) GlobalDeleteAtom(HIWORD(atoms));
}

static void end_talk(struct talk *talk) {
  if (!talk->ending) talk->end_at = GetTickCount64() + END_WITHIN_MS;
  talk->ending = 1;
}

// Who answers the call first is talked to; the others are told that it is over.
static void on_server(struct talk *talk, HWND server, LPARAM atoms) {
  if (talk->partner) {
    PostMessageW(server, WM_DDE_TERMINATE, (WPARAM)talk->window, 0);
  } else {
    talk->partner = server;
    GlobalGetAtomNameW(LOWORD(atoms), talk->service, MOST_DDE_NAME);
    GlobalGetAtomNameW(HIWORD(atoms), talk->topic, MOST_DDE_NAME);
  }
  drop_atoms(atoms);
}

static LRESULT on_talk(struct talk *talk, UINT message, WPARAM w, LPARAM l) {
  const HWND from = (HWND)w;
  if (message == WM_DDE_INITIATE) {
    if (!talk->serves || talk->partner) return 0;
    talk->partner = from;
    SendMessageW(from, WM_DDE_ACK, (WPARAM)talk->window, atoms_of(talk));
    return 0;
  }
  if (message == WM_DDE_ACK && talk->calling) return on_server(talk, from, l), 0;
  if (message < WM_DDE_FIRST || message > WM_DDE_LAST || from != talk->partner) return 0;
  if (message == WM_DDE_TERMINATE) {
    talk->heard_end = 1;
    end_talk(talk);
  }
  if (!send_dde(talk, message, l)) end_talk(talk);
  return 0;
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM w, LPARAM l) {
  struct talk *talk = TlsGetValue(own_talk);
  if (!talk || window != talk->window || message < WM_DDE_FIRST || message > WM_DDE_LAST) return DefWindowProcW(window, message, w, l);
  return on_talk(talk, message, w, l);
}

// A command's text is of wide characters only between two windows that have them: ours is what the partner's there is.
static HWND make_window(int wide) {
  const HINSTANCE self = GetModuleHandleW(NULL);
  const WNDCLASSW class = {.lpfnWndProc = on_message, .lpszClassName = L"shuttle-dde", .hInstance = self};
  const WNDCLASSA narrow = {.lpfnWndProc = on_message, .lpszClassName = "shuttle-dde-a", .hInstance = self};
  if (wide) RegisterClassW(&class);
  else RegisterClassA(&narrow);
  HWND window = wide ? CreateWindowExW(0, class.lpszClassName, NULL, WS_POPUP, 0, 0, 0, 0, NULL, NULL, self, NULL)
                     : CreateWindowExA(0, narrow.lpszClassName, NULL, WS_POPUP, 0, 0, 0, 0, NULL, NULL, self, NULL);
  if (!window) return NULL;
  SetPropW(window, L"shuttle-stand-in", (HANDLE)1);
  SetWindowLongW(window, GWL_STYLE, WS_CHILD);  // no broadcast, no call for a service reaches it
  return window;
}

static void take_channel(struct talk *talk) {
  for (struct dde_message *message; (message = next_dde(talk)) != NULL;) {
    if (message->message == WM_DDE_TERMINATE) end_talk(talk);
    if (talk->partner && !(talk->heard_end && message->message != WM_DDE_TERMINATE)) post_dde(talk, message);
    talk->told_end |= message->message == WM_DDE_TERMINATE;
    free(message);
  }
  if (!talk->over) return;
  if (talk->partner && !talk->told_end) PostMessageW(talk->partner, WM_DDE_TERMINATE, (WPARAM)talk->window, 0);
  talk->told_end = 1;
  end_talk(talk);
}

static int is_over(const struct talk *talk, ULONGLONG began) {
  const ULONGLONG now = GetTickCount64();
  if (talk->ending) return (talk->heard_end && talk->told_end) || now > talk->end_at;
  if (talk->serves && !talk->partner) return now > began + COME_WITHIN_MS;
  return talk->partner && !IsWindow(talk->partner);
}

static void take_messages(struct talk *talk) {
  for (MSG message; PeekMessageW(&message, NULL, 0, 0, PM_REMOVE);) DispatchMessageW(&message);
  take_channel(talk);
}

static void converse(struct talk *talk) {
  const ULONGLONG began = GetTickCount64();
  while (!is_over(talk, began)) {
    MsgWaitForMultipleObjectsEx(1, &talk->came, 500, QS_ALLINPUT, MWMO_INPUTAVAILABLE);
    take_messages(talk);
  }
  take_messages(talk);  // what the partner said last, before it was seen to be gone
  // A partner that died said nothing: the other side is told.
  if (!talk->heard_end) send_dde(talk, WM_DDE_TERMINATE, 0);
  DestroyWindow(talk->window);
  linux_shutdown(talk->channel);
}

static void split_name(struct talk *talk, const WCHAR *name) {
  const WCHAR *bar = wcschr(name, L'|');
  const int chars = bar ? (int)(bar - name) : lstrlenW(name);
  lstrcpynW(talk->service, name, (chars < MOST_DDE_NAME ? chars : MOST_DDE_NAME - 1) + 1);
  lstrcpynW(talk->topic, bar ? bar + 1 : L"*", MOST_DDE_NAME);
}

void begin_talks(void) { own_talk = TlsAlloc(); }

static struct talk *begin_talk(struct order *order, int serves) {
  struct talk *talk = new_talk(order->channel);
  if (!talk) return NULL;
  talk->serves = serves;
  split_name(talk, order->name);
  talk->window = make_window(order->said.extra[0] != 0);
  TlsSetValue(own_talk, talk);
  return talk;
}

static void run_talk(struct talk *talk) {
  InterlockedIncrement(&talk->users);
  HANDLE listener = CreateThread(NULL, 128 * 1024, listen_to, talk, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (listener) CloseHandle(listener), converse(talk);
  else leave_talk(talk);
  leave_talk(talk);
}

// The owner's side: calls for the service as a client does. extra[0]: whether the real client's window is wide; back: the
// same of the server's.
static void call_service(struct order *order) {
  struct talk *talk = begin_talk(order, 0);
  if (!talk) return report(order, STATUS_NO_MEMORY), linux_close(order->channel);
  const LPARAM atoms = atoms_of(talk);
  DWORD_PTR unused;
  talk->calling = 1;
  if (talk->window) SendMessageTimeoutW(HWND_BROADCAST, WM_DDE_INITIATE, (WPARAM)talk->window, atoms, SMTO_NORMAL, ANSWER_WITHIN_MS, &unused);
  talk->calling = 0;
  drop_atoms(atoms);
  if (!talk->partner) {
    report(order, STATUS_OBJECT_NAME_NOT_FOUND);
    if (talk->window) DestroyWindow(talk->window);
    return leave_talk(talk);
  }
  WCHAR name[2 * MOST_DDE_NAME];
  char text[6 * MOST_DDE_NAME];
  lstrcpyW(name, talk->service);
  lstrcatW(name, L"|");
  lstrcatW(name, talk->topic);
  order->report.extra[0] = (uint64_t)IsWindowUnicode(talk->partner);
  report_text(order, STATUS_SUCCESS, text, to_bytes(name, (uint32_t)lstrlenW(name), text, sizeof text));
  run_talk(talk);
}

// The asker's side: a window that is the server to the program that called. extra[0]: whether the real one's is wide.
static void stand_for_server(struct order *order) {
  struct talk *talk = begin_talk(order, 1);
  if (!talk || !talk->window) {
    report(order, STATUS_NO_MEMORY);
    return talk ? leave_talk(talk) : linux_close(order->channel);
  }
  order->report.extra[0] = (uint64_t)(ULONG_PTR)talk->window;
  report(order, STATUS_SUCCESS);
  run_talk(talk);
}

void obey_dde(struct order *order) {
  if (order->said.say == SH_OPEN && order->channel >= 0) return call_service(order);
  if (order->said.say == SH_STAND && order->channel >= 0) return stand_for_server(order);
  report(order, STATUS_NOT_IMPLEMENTED);
}
