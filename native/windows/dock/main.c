#include "window.h"

#include <stdlib.h>
#include <string.h>

// Which kind obeys, by the operation an order is about.
static const struct kind {
  uint32_t op;
  void (*obey)(struct order *);
} kKinds[] = {
    {OP_PIPE_CONNECT, obey_pipe},
    {OP_MAILSLOT_SEND, obey_mailslot},
    {OP_MEMORY_OPEN, obey_section},
    {OP_MUTEX_OPEN, obey_waitable},
    {OP_EVENT_OPEN, obey_waitable},
    {OP_SEMAPHORE_OPEN, obey_waitable},
    {OP_TIMER_OPEN, obey_waitable},
    {OP_WINDOW_FIND, obey_window},
    {OP_WINDOW_BROADCAST, obey_broadcast},
    {OP_CLIPBOARD_READ, obey_clipboard},
    {OP_DDE_CONNECT, obey_dde},
    {OP_SERVICE_QUERY, obey_service},
    {OP_PROGRAM_START, obey_program},
    {OP_DOCUMENT_OPEN, obey_document},
    {OP_COM_ACTIVATE, obey_com},
};

static void send_plain(uint32_t say, const struct sh_dock_message *message, int fd) {
  struct sh_dock_message out = *message;
  out.say = say;
  out.name_bytes = 0;
  linux_send_fd(0, &out, sizeof out, fd);
}

static void fill_report(struct order *order, NTSTATUS status) {
  order->report.say = SH_REPORT;
  order->report.number = order->said.number;
  order->report.op = order->said.op;
  order->report.status = status;
}

void report(struct order *order, NTSTATUS status) { report_with(order, status, -1); }

void report_with(struct order *order, NTSTATUS status, int fd) {
  fill_report(order, status);
  send_plain(SH_REPORT, &order->report, fd);
}

void report_text(struct order *order, NTSTATUS status, const char *text, uint32_t bytes) {
  fill_report(order, status);
  order->report.name_bytes = bytes;
  linux_send(0, &order->report, sizeof order->report, text, bytes, 0);
}

NTSTATUS last_status(void) {
  // RtlGetLastNtStatus, from the thread's block: what Win32's error code was made of.
  typedef NTSTATUS(NTAPI * last)(void);
  static last get;
  if (!get) get = (last)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetLastNtStatus");
  return get ? get() : STATUS_UNSUCCESSFUL;
}

static DWORD WINAPI obey(void *given) {
  struct order *order = given;
  for (size_t i = 0; i < sizeof kKinds / sizeof *kKinds; i++)
    if (kKinds[i].op == order->said.op) {
      kKinds[i].obey(order);
      free(order);
      return 0;
    }
  report(order, STATUS_NOT_IMPLEMENTED);
  if (order->channel >= 0) linux_close(order->channel);
  free(order);
  return 0;
}

// Half of what a thread is given otherwise: there may be two for each channel.
static int run_thread(LPTHREAD_START_ROUTINE what, void *with) {
  HANDLE thread = CreateThread(NULL, 64 * 1024, what, with, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (thread) CloseHandle(thread);
  return thread != NULL;
}

static struct order *next_order(void) {
  static struct {
    struct sh_dock_message head;
    char name[SH_MOST_NAME];
  } got;
  int channel;
  const long long size = linux_receive(0, &got, sizeof got, &channel);
  if (size < (long long)sizeof got.head || got.head.name_bytes > (uint64_t)size - sizeof got.head) return NULL;
  struct order *order = calloc(1, sizeof *order);
  if (!order) return NULL;
  order->said = got.head;
  order->channel = channel;
  order->chars = wide_name((const uint8_t *)got.name, got.head.name_bytes, order->name, SH_MOST_NAME - 1);
  return order;
}

static DWORD WINAPI take_orders(void *unused) {
  (void)unused;
  for (struct order *order; (order = next_order()) != NULL;)
    if (!run_thread(obey, order)) report(order, STATUS_NO_MEMORY);
  linux_exit(0);
  return 0;
}

typedef NTSTATUS(NTAPI *set_information)(HANDLE, int, void *, ULONG);

int wmain(int count, WCHAR **words) {
  if (count == 3 && !lstrcmpW(words[1], L"start")) return stand_in_program(words[2]);
  // A system process, as Wine calls it: the VM's last program is not the dock, and the event says when that has ended.
  enum { MAKE_PROCESS_SYSTEM = 1000 };
  HANDLE last_program_ended = NULL;
  const set_information set = (set_information)(void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtSetInformationProcess");
  if (set) set(GetCurrentProcess(), MAKE_PROCESS_SYSTEM, &last_program_ended, sizeof last_program_ended);
  begin_stand_ins();
  begin_talks();
  const struct sh_dock_message ready = {0};
  send_plain(SH_READY, &ready, -1);
  run_thread(take_orders, NULL);
  WaitForSingleObject(last_program_ended ? last_program_ended : GetCurrentProcess(), INFINITE);
  send_plain(SH_LEAVING, &ready, -1);
  // By the kernel's own call: threads that wait in it would leave ExitProcess half done.
  linux_exit(0);
}
