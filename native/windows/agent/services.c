// Services. Each VM has its own service manager, so one that this VM lacks is not "not found" below but an answer of that
// manager's. What it does not have is asked for elsewhere, and a service of another VM gets a handle of ours: each thing
// that is done with that is asked by itself, and done by the real manager there.
#include "../service_wire.h"
#include "json.h"
#include "line.h"
#include "patch.h"
#include "windows.h"

#include <string.h>

#define MOST_SERVICE 257
#define READS 1
#define CONTROLS 2
#define STARTS 4

// A handle the program has: of ours (then it is this entry's address), or the real manager's.
struct opened {
  LONG used;
  SC_HANDLE real;  // null: in another VM
  DWORD rights;
  uint32_t chars;
  WCHAR name[MOST_SERVICE];
};
static struct opened opened[64];

static struct name name_of(const struct opened *service) { return (struct name){"", service->name, service->chars}; }

static SC_HANDLE remember(SC_HANDLE real, const WCHAR *name, DWORD rights) {
  for (struct opened *each = opened; each < opened + sizeof opened / sizeof *opened; each++) {
    if (InterlockedCompareExchange(&each->used, 1, 0)) continue;
    each->rights = rights;
    each->chars = 0;
    while (each->chars < MOST_SERVICE - 1 && name[each->chars]) each->name[each->chars] = name[each->chars], each->chars++;
    each->real = real;
    return (SC_HANDLE)each;
  }
  return NULL;
}

static struct opened *far_service(SC_HANDLE handle) {
  struct opened *service = (struct opened *)handle;
  const ULONG_PTR at = (ULONG_PTR)handle - (ULONG_PTR)opened;
  return at < sizeof opened && at % sizeof *opened == 0 && service->used && !service->real ? service : NULL;
}

static struct opened *near_service(SC_HANDLE handle) {
  for (struct opened *each = opened; handle && each < opened + sizeof opened / sizeof *opened; each++)
    if (each->used && each->real == handle) return each;
  return NULL;
}

static int fails(DWORD error) {
  *last_error() = error;
  return 0;
}

struct request {
  enum sh_op op;
  uint32_t access, verb, code;
};

// Asks, and leaves the error where the program looks for it. `text` may be null.
static int call_far(const struct request *what, const struct name *service, const struct name *second, struct answer *answer, struct told_text *text) {
  const uint64_t extra[4] = {what->verb, what->code, 0, 0};
  struct told_text none = {NULL, 0, 0};
  if (!ask_for_text(what->op, service, second, what->access, extra, answer, text ? text : &none)) return fails(ERROR_SERVICE_DOES_NOT_EXIST);
  if (answer->verdict != SH_DONE) return fails(what->verb == SH_SERVICE_OPEN ? ERROR_SERVICE_DOES_NOT_EXIST : ERROR_ACCESS_DENIED);
  return answer->status ? fails(SH_WIN32_ERROR(answer->status)) : 1;
}

static DWORD rights_of(DWORD access) {
  DWORD rights = access & 0xffff;
  if (access & (GENERIC_ALL | MAXIMUM_ALLOWED)) rights |= SERVICE_ALL_ACCESS & 0xffff;
  if (access & GENERIC_READ) rights |= SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS | SERVICE_INTERROGATE | SERVICE_ENUMERATE_DEPENDENTS;
  if (access & GENERIC_EXECUTE) rights |= SERVICE_START | SERVICE_STOP | SERVICE_PAUSE_CONTINUE | SERVICE_USER_DEFINED_CONTROL;
  return rights;
}

static struct name name_in(const WCHAR *text) {
  struct name name = {"", text, 0};
  while (text[name.chars]) name.chars++;
  return name;
}

PATCH("sechost.dll", SC_HANDLE, OpenServiceW, (SC_HANDLE manager, const WCHAR *wanted, DWORD access)) {
  SC_HANDLE made = PATCHED(OpenServiceW)(manager, wanted, access);
  const DWORD error = *last_error();
  if (made) {
    const struct name name = name_in(wanted);
    if (!seen_before(OP_SERVICE_QUERY, &name, 0)) note(OP_SERVICE_QUERY, &name, READS, 0, NULL);
    remember(made, wanted, 0);
  } else if (error == ERROR_SERVICE_DOES_NOT_EXIST && wanted && *wanted) {
    const struct name name = name_in(wanted);
    const struct request what = {OP_SERVICE_QUERY, READS, SH_SERVICE_OPEN, rights_of(access)};
    struct answer answer;
    if (name.chars >= MOST_SERVICE) return made;
    if (!may_ask(OP_SERVICE_QUERY, &name)) note(OP_SERVICE_QUERY, &name, READS, SH_WIN32_STATUS(error), NULL);
    else if (call_far(&what, &name, NULL, &answer, NULL) && !(made = remember(NULL, wanted, rights_of(access)))) return fails(ERROR_NOT_ENOUGH_MEMORY), NULL;
  }
  *last_error() = made ? ERROR_SUCCESS : error;
  return made;
}

PATCH("sechost.dll", BOOL, CloseServiceHandle, (SC_HANDLE handle)) {
  struct opened *service = far_service(handle);
  if (service) return InterlockedExchange(&service->used, 0), TRUE;
  if ((service = near_service(handle))) service->real = NULL, InterlockedExchange(&service->used, 0);
  return PATCHED(CloseServiceHandle)(handle);
}

static int may(const struct opened *service, DWORD right) { return service->rights & right ? 1 : fails(ERROR_ACCESS_DENIED); }

static void note_done(SC_HANDLE handle, const struct request *what, BOOL done) {
  const struct opened *service = near_service(handle);
  if (!service) return;
  const DWORD error = *last_error();
  const struct name name = name_of(service);
  struct json json;
  json_begin(&json);
  if (what->op == OP_SERVICE_CONTROL) json_number(&json, "control", what->code);
  note(what->op, &name, what->access, done ? 0 : SH_WIN32_STATUS(error), json.text);
  *last_error() = error;
}

static void fill_status(const struct answer *answer, SERVICE_STATUS *status) {
  status->dwServiceType = (DWORD)answer->extra[0];
  status->dwCurrentState = (DWORD)(answer->extra[0] >> 32);
  status->dwControlsAccepted = (DWORD)answer->extra[1];
  status->dwWin32ExitCode = (DWORD)(answer->extra[1] >> 32);
  status->dwServiceSpecificExitCode = (DWORD)answer->extra[2];
  status->dwCheckPoint = (DWORD)(answer->extra[2] >> 32);
  status->dwWaitHint = (DWORD)answer->extra[3];
}

// QueryServiceStatus comes by here as well.
PATCH("sechost.dll", BOOL, QueryServiceStatusEx, (SC_HANDLE handle, SC_STATUS_TYPE level, BYTE *buffer, DWORD room, DWORD *needed)) {
  const struct opened *service = far_service(handle);
  if (!service) return PATCHED(QueryServiceStatusEx)(handle, level, buffer, room, needed);
  const struct request what = {OP_SERVICE_QUERY, READS, SH_SERVICE_STATUS, 0};
  const struct name name = name_of(service);
  struct answer answer;
  SERVICE_STATUS_PROCESS *status = (SERVICE_STATUS_PROCESS *)buffer;
  if (level != SC_STATUS_PROCESS_INFO) return fails(ERROR_INVALID_LEVEL);
  if (!may(service, SERVICE_QUERY_STATUS)) return FALSE;
  if (needed) *needed = sizeof *status;
  if (!buffer || room < sizeof *status) return fails(ERROR_INSUFFICIENT_BUFFER);
  if (!call_far(&what, &name, NULL, &answer, NULL)) return FALSE;
  fill_status(&answer, (SERVICE_STATUS *)status);
  status->dwProcessId = (DWORD)(answer.extra[3] >> 32);
  status->dwServiceFlags = 0;
  return TRUE;
}

PATCH("sechost.dll", BOOL, ControlService, (SC_HANDLE handle, DWORD control, SERVICE_STATUS *status)) {
  const struct opened *service = far_service(handle);
  const struct request what = {OP_SERVICE_CONTROL, CONTROLS, SH_SERVICE_CONTROL, control};
  if (!service) {
    const BOOL done = PATCHED(ControlService)(handle, control, status);
    note_done(handle, &what, done);
    return done;
  }
  const struct name name = name_of(service);
  const DWORD right = control == SERVICE_CONTROL_STOP                                       ? SERVICE_STOP
                      : control == SERVICE_CONTROL_PAUSE || control == SERVICE_CONTROL_CONTINUE ? SERVICE_PAUSE_CONTINUE
                      : control == SERVICE_CONTROL_INTERROGATE                                  ? SERVICE_INTERROGATE
                                                                                                : SERVICE_USER_DEFINED_CONTROL;
  struct answer answer;
  if (!may(service, right) || !call_far(&what, &name, NULL, &answer, NULL)) return FALSE;
  if (status) fill_status(&answer, status);
  return TRUE;
}

// What a start is given, one behind the other. The last argument that does not fit is left out with those behind it.
static uint32_t join(DWORD count, const WCHAR **args, WCHAR *out, uint32_t room) {
  uint32_t used = 0;
  for (DWORD i = 0; args && i < count; i++) {
    const struct name each = name_in(args[i]);
    if (each.chars + 1 > room - used) break;
    memcpy(out + used, each.text, each.chars * sizeof *out);
    used += each.chars;
    out[used++] = 0;
  }
  return used;
}

PATCH("sechost.dll", BOOL, StartServiceW, (SC_HANDLE handle, DWORD count, const WCHAR **args)) {
  const struct opened *service = far_service(handle);
  const struct request what = {OP_SERVICE_START, STARTS, SH_SERVICE_START, 0};
  if (!service) {
    const BOOL done = PATCHED(StartServiceW)(handle, count, args);
    note_done(handle, &what, done);
    return done;
  }
  WCHAR text[1024];
  const struct name name = name_of(service), given = {"", text, join(count, args, text, sizeof text / sizeof *text)};
  struct answer answer;
  return may(service, SERVICE_START) && call_far(&what, &name, given.chars ? &given : NULL, &answer, NULL);
}

// The texts of a configuration, laid out behind its fixed part. Dependencies end with a zero of their own.
struct layout {
  const WCHAR *text[SH_CONFIG_TEXTS];
  uint32_t chars[SH_CONFIG_TEXTS];
};
static int part(const WCHAR *text, uint32_t chars, struct layout *layout) {
  for (int i = 0; i < SH_CONFIG_TEXTS; i++) {
    uint32_t length = 0;
    while (length < chars && text[length]) length++;
    if (length == chars) return 0;
    layout->text[i] = text;
    layout->chars[i] = length;
    text += length + 1;
    chars -= length + 1;
  }
  return 1;
}

static WCHAR *put(const struct layout *layout, int which, WCHAR **at) {
  WCHAR *begin = *at;
  memcpy(begin, layout->text[which], layout->chars[which] * sizeof(WCHAR));
  *at += layout->chars[which];
  *(*at)++ = 0;
  return begin;
}

static void lay_out(const struct answer *answer, const struct layout *layout, QUERY_SERVICE_CONFIGW *config) {
  WCHAR *at = (WCHAR *)(config + 1);
  config->dwServiceType = (DWORD)answer->extra[0];
  config->dwStartType = (DWORD)(answer->extra[0] >> 32);
  config->dwErrorControl = (DWORD)answer->extra[1];
  config->dwTagId = (DWORD)(answer->extra[1] >> 32);
  config->lpBinaryPathName = put(layout, 0, &at);
  config->lpLoadOrderGroup = put(layout, 1, &at);
  config->lpDependencies = put(layout, 2, &at);
  *at++ = 0;
  for (WCHAR *c = config->lpDependencies; *c; c++)
    if (*c == '/') *c = 0;
  config->lpServiceStartName = put(layout, 3, &at);
  config->lpDisplayName = put(layout, 4, &at);
}

PATCH("sechost.dll", BOOL, QueryServiceConfigW, (SC_HANDLE handle, QUERY_SERVICE_CONFIGW *config, DWORD room, DWORD *needed)) {
  const struct opened *service = far_service(handle);
  if (!service) return PATCHED(QueryServiceConfigW)(handle, config, room, needed);
  const struct request what = {OP_SERVICE_QUERY, READS, SH_SERVICE_CONFIG, 0};
  const struct name name = name_of(service);
  WCHAR texts[SH_MOST_SERVICE_TEXT / sizeof(WCHAR) / 2];
  struct told_text told = {(uint8_t *)texts, sizeof texts, 0};
  struct answer answer;
  struct layout layout;
  if (!may(service, SERVICE_QUERY_CONFIG) || !call_far(&what, &name, NULL, &answer, &told)) return FALSE;
  if (!part(texts, told.bytes / sizeof *texts, &layout)) return fails(ERROR_INVALID_DATA);
  const DWORD bytes = sizeof *config + told.bytes + sizeof(WCHAR);
  if (needed) *needed = bytes;
  if (!config || room < bytes) return fails(ERROR_INSUFFICIENT_BUFFER);
  lay_out(&answer, &layout, config);
  return TRUE;
}

// What is not carried: changing what is installed there, and being told of changes.
#define REFUSED(function, params, args)                                     \
  PATCH("sechost.dll", BOOL, function, params) {                            \
    if (far_service(handle)) return fails(ERROR_ACCESS_DENIED);             \
    return PATCHED(function) args;                                          \
  }
REFUSED(DeleteService, (SC_HANDLE handle), (handle))
REFUSED(QueryServiceConfig2W, (SC_HANDLE handle, DWORD level, BYTE *buffer, DWORD room, DWORD *needed), (handle, level, buffer, room, needed))
REFUSED(ChangeServiceConfig2W, (SC_HANDLE handle, DWORD level, void *info), (handle, level, info))
REFUSED(ChangeServiceConfigW,
        (SC_HANDLE handle, DWORD type, DWORD start, DWORD error, const WCHAR *path, const WCHAR *group, DWORD *tag, const WCHAR *dependencies, const WCHAR *account, const WCHAR *password, const WCHAR *display),
        (handle, type, start, error, path, group, tag, dependencies, account, password, display))

// Others may look for a service from the moment it is installed, or, where it was before, from when it runs.
static void serve_service(const WCHAR *text) {
  const DWORD error = *last_error();
  const struct name name = name_in(text);
  serve(OP_SERVICE_QUERY, &name, NULL);
  *last_error() = error;
}

PATCH("sechost.dll", SC_HANDLE, CreateServiceW,
      (SC_HANDLE manager, const WCHAR *name, const WCHAR *display, DWORD access, DWORD type, DWORD start, DWORD control, const WCHAR *path, const WCHAR *group, DWORD *tag, const WCHAR *dependencies, const WCHAR *account, const WCHAR *password)) {
  const SC_HANDLE made = PATCHED(CreateServiceW)(manager, name, display, access, type, start, control, path, group, tag, dependencies, account, password);
  if (made || (name && *last_error() == ERROR_SERVICE_EXISTS)) serve_service(name);
  if (made) remember(made, name, 0);
  return made;
}

static struct {
  SERVICE_STATUS_HANDLE handle;
  WCHAR name[MOST_SERVICE];
} running[16];
static LONG runs;

PATCH("sechost.dll", SERVICE_STATUS_HANDLE, RegisterServiceCtrlHandlerExW, (const WCHAR *name, LPHANDLER_FUNCTION_EX handler, void *context)) {
  const SERVICE_STATUS_HANDLE made = PATCHED(RegisterServiceCtrlHandlerExW)(name, handler, context);
  const LONG at = made && name ? InterlockedIncrement(&runs) - 1 : 16;
  if (at >= 16) return made;
  for (uint32_t i = 0; i < MOST_SERVICE - 1 && name[i]; i++) running[at].name[i] = name[i];
  running[at].handle = made;
  return made;
}

PATCH("sechost.dll", BOOL, SetServiceStatus, (SERVICE_STATUS_HANDLE handle, SERVICE_STATUS *status)) {
  const BOOL done = PATCHED(SetServiceStatus)(handle, status);
  for (int i = 0; done && status->dwCurrentState == SERVICE_RUNNING && i < 16; i++)
    if (running[i].handle == handle) serve_service(running[i].name);
  return done;
}
