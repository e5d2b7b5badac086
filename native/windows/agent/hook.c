// Wine's system call stubs (ntdll, win32u) all go by one dispatcher. Ours looks the number up in a table and enters a
// handler, or goes on to Wine's (machine.h). Each handler's original is a private stub that calls Wine's dispatcher.
#include "hook.h"

#include "export.h"
#include "machine.h"
#include "patch.h"

static struct hook *const first_mark __attribute__((section(".hooks$a"), used)) = NULL;
static struct hook *const last_mark __attribute__((section(".hooks$z"), used)) = NULL;

void *hook_table[CALLS];
void *wine_dispatcher;
const void *user32;

static uint8_t (*stubs)[STUB_BYTES];  // one for each hook, executable

static void find_calls(const void *library) {
  uint32_t at = 0;
  for (struct hook *const *each = &first_mark; each < &last_mark; each++) {
    if (!*each) continue;
    struct hook *hook = *each;
    uint8_t *stub = stubs[at++];
    if (hook->original) continue;
    const uint8_t *code = find_export(library, hook->name);
    const int number = number_of(code);
    if (number < 0) continue;
    make_stub(stub, code);
    hook->original = stub;
    if (hook->handler) __atomic_store_n(&hook_table[number], hook->handler, __ATOMIC_RELEASE);
  }
}

// False where the library's stubs are not as we know them.
static int take_library(const void *library, const char *any_call) {
  const uint8_t *stub = find_export(library, any_call);
  if (number_of(stub) < 0) return 0;
  find_calls(library);
  put_dispatcher(stub);
  return 1;
}

static uint32_t count_hooks(void) {
  uint32_t count = 0;
  for (struct hook *const *each = &first_mark; each < &last_mark; each++) count += *each != NULL;
  return count;
}

// win32u is loaded long after us, with the first library that has windows.
struct loaded {
  ULONG flags;
  const UNICODE_STRING *path, *name;
  void *base;
  ULONG size;
};
static int is_called(const UNICODE_STRING *name, const WCHAR *wanted) {
  const uint32_t chars = name->Length / (uint32_t)sizeof(WCHAR);
  for (uint32_t i = 0; i < chars; i++)
    if (!wanted[i] || (name->Buffer[i] | 0x20) != (wanted[i] | 0x20)) return 0;
  return !wanted[chars];
}
static void NTAPI on_library(ULONG reason, const struct loaded *library, void *unused) {
  (void)unused;
  if (reason != 1) return;
  if (is_called(library->name, L"win32u.dll")) take_library(library->base, "NtUserMessageCall");
  if (is_called(library->name, L"user32.dll")) user32 = library->base;
  patch_library(library->name, library->base);
}

NTSYSAPI NTSTATUS NTAPI LdrRegisterDllNotification(ULONG, void *, void *, void **);

int install_hooks(void) {
  static const WCHAR name[] = L"ntdll.dll";
  const UNICODE_STRING ntdll = {sizeof name - sizeof *name, sizeof name, (WCHAR *)name};
  HMODULE library;
  void *at = NULL, *cookie;
  SIZE_T size = count_hooks() * sizeof *stubs;
  if (LdrGetDllHandle(NULL, 0, &ntdll, &library)) return 0;
  const uint8_t *any = find_export(library, "NtClose");
  if (number_of(any) < 0) return 0;
  find_dispatcher(any);
  if (!wine_dispatcher || NtAllocateVirtualMemory((HANDLE)-1, &at, 0, &size, MEM_COMMIT, PAGE_EXECUTE_READWRITE)) return 0;
  stubs = at;
  LdrRegisterDllNotification(0, (void *)on_library, NULL, &cookie);
  return take_library(library, "NtClose");
}
