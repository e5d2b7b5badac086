// Services of this VM for others: what its own service manager says and does.
#include "../service_wire.h"
#include "dock.h"

#include <winsvc.h>

#define NEEDS(verb) ((verb) == SH_SERVICE_START ? SERVICE_START : (verb) == SH_SERVICE_CONFIG ? SERVICE_QUERY_CONFIG : SERVICE_QUERY_STATUS)
#define MOST_ARGS 64

static DWORD right_of(uint64_t verb, DWORD control) {
  if (verb != SH_SERVICE_CONTROL) return NEEDS(verb);
  if (control == SERVICE_CONTROL_STOP) return SERVICE_STOP;
  if (control == SERVICE_CONTROL_PAUSE || control == SERVICE_CONTROL_CONTINUE) return SERVICE_PAUSE_CONTINUE;
  return control == SERVICE_CONTROL_INTERROGATE ? SERVICE_INTERROGATE : SERVICE_USER_DEFINED_CONTROL;
}

static void fill_status(struct order *order, const SERVICE_STATUS *status, DWORD process) {
  uint64_t *extra = order->report.extra;
  extra[0] = SH_PAIR(status->dwServiceType, status->dwCurrentState);
  extra[1] = SH_PAIR(status->dwControlsAccepted, status->dwWin32ExitCode);
  extra[2] = SH_PAIR(status->dwServiceSpecificExitCode, status->dwCheckPoint);
  extra[3] = SH_PAIR(status->dwWaitHint, process);
}

static DWORD query(struct order *order, SC_HANDLE service) {
  SERVICE_STATUS_PROCESS status;
  DWORD needed;
  if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &needed)) return GetLastError();
  fill_status(order, (const SERVICE_STATUS *)&status, status.dwProcessId);
  return 0;
}

static DWORD control(struct order *order, SC_HANDLE service) {
  SERVICE_STATUS status;
  if (!ControlService(service, (DWORD)order->said.extra[1], &status)) return GetLastError();
  fill_status(order, &status, 0);
  return 0;
}

// The arguments stand behind the name, each behind a zero; the first is the service's own name and the manager's to give.
static DWORD start(struct order *order, SC_HANDLE service) {
  const WCHAR *args[MOST_ARGS];
  const WCHAR *end = order->name + order->chars;
  DWORD count = 0;
  for (const WCHAR *at = order->name + lstrlenW(order->name) + 1; at < end && count < MOST_ARGS; at += lstrlenW(at) + 1) args[count++] = at;
  return StartServiceW(service, count, count ? args : NULL) ? 0 : GetLastError();
}

static uint32_t put(WCHAR *out, uint32_t used, const WCHAR *text) {
  const uint32_t room = SH_MOST_SERVICE_TEXT / sizeof(WCHAR) / 2 - SH_CONFIG_TEXTS;
  while (text && *text && used < room) out[used++] = *text++;
  out[used++] = 0;
  return used;
}

static DWORD configuration(struct order *order, SC_HANDLE service) {
  union {
    QUERY_SERVICE_CONFIGW config;
    BYTE bytes[8192];
  } got;
  WCHAR texts[SH_MOST_SERVICE_TEXT / sizeof(WCHAR) / 2 + 1];
  DWORD needed;
  if (!QueryServiceConfigW(service, &got.config, sizeof got, &needed)) return GetLastError();
  for (WCHAR *c = got.config.lpDependencies; c && *c; c++)
    while (*c && !c[1] && c[2]) *++c = '/';
  uint32_t used = put(texts, 0, got.config.lpBinaryPathName);
  used = put(texts, used, got.config.lpLoadOrderGroup);
  used = put(texts, used, got.config.lpDependencies);
  used = put(texts, used, got.config.lpServiceStartName);
  used = put(texts, used, got.config.lpDisplayName);
  order->report.extra[0] = SH_PAIR(got.config.dwServiceType, got.config.dwStartType);
  order->report.extra[1] = SH_PAIR(got.config.dwErrorControl, got.config.dwTagId);
  report_text(order, STATUS_SUCCESS, (const char *)texts, used * sizeof *texts);
  return 0;
}

static DWORD serve_verb(struct order *order, SC_HANDLE service) {
  switch (order->said.extra[0]) {
    case SH_SERVICE_OPEN: return 0;
    case SH_SERVICE_STATUS: return query(order, service);
    case SH_SERVICE_CONTROL: return control(order, service);
    case SH_SERVICE_START: return start(order, service);
    default: return ERROR_INVALID_FUNCTION;
  }
}

void obey_service(struct order *order) {
  const uint64_t verb = order->said.extra[0];
  SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
  SC_HANDLE service = manager ? OpenServiceW(manager, order->name, right_of(verb, (DWORD)order->said.extra[1])) : NULL;
  DWORD error = service ? 0 : GetLastError();
  if (!error && verb == SH_SERVICE_CONFIG) {
    error = configuration(order, service);
    if (error) report(order, SH_WIN32_STATUS(error));
  } else {
    if (!error) error = serve_verb(order, service);
    report(order, SH_WIN32_STATUS(error));
  }
  if (service) CloseServiceHandle(service);
  if (manager) CloseServiceHandle(manager);
  if (order->channel >= 0) linux_close(order->channel);
}
