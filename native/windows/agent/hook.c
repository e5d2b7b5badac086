// Wine's system call stubs (ntdll, win32u) end in `call [0x7ffe1000]`: one private writable page of each process holds
// the dispatcher's address there. Our dispatcher looks the number up in a table and enters a handler with the call's own
// prototype, or goes on to Wine's. Each handler's original is a private copy of the stub that calls Wine's dispatcher;
// that one resumes at *return address minus 11*, where a `ret` must stand, so the copy keeps the geometry.
#include "hook.h"

#include "export.h"
#include "patch.h"

#define SLOT ((void *volatile *)0x7ffe1000)
#define CALLS 0x2000u      // numbers of ntdll from 0, of win32u from 0x1000

static struct hook *const first_mark __attribute__((section(".hooks$a"), used)) = NULL;
static struct hook *const last_mark __attribute__((section(".hooks$z"), used)) = NULL;

void *hook_table[CALLS];  // by number; null: none of ours
void *wine_dispatcher;
const void *user32;

// In: eax the number; r10, rdx, r8, r9 the arguments; [rsp] the return into the stub, [rsp+8] to the caller. Only r11
// and rcx may change on the way.
__asm__(
    ".text\n"
    ".globl our_dispatcher\n"
    "our_dispatcher:\n"
    "  cmpl $0x2000, %eax\n"
    "  jae 1f\n"
    "  leaq hook_table(%rip), %r11\n"
    "  movq (%r11,%rax,8), %r11\n"
    "  testq %r11, %r11\n"
    "  jz 1f\n"
    "  addq $8, %rsp\n"
    "  movq %r10, %rcx\n"
    "  jmp *%r11\n"
    "1:\n"
    "  jmp *wine_dispatcher(%rip)\n");
void our_dispatcher(void);

struct stub {
  uint8_t code[24];
  void *dispatcher;
};
static const uint8_t kStub[24] = {0x4c, 0x8b, 0xd1, 0xb8, 0, 0, 0, 0, 0xeb, 0x05, 0xc3, 0x90,
                                  0x90, 0x90, 0x90, 0xff, 0x15, 0x03, 0, 0, 0, 0xc3, 0, 0};
static struct stub *stubs;  // one for each hook, executable

// The number in a stub `mov r10,rcx; mov eax,N; test byte [0x7ffe0308],1`; -1 where the code is not such a stub.
static int number_of(const uint8_t *code) {
  static const uint8_t head[] = {0x4c, 0x8b, 0xd1, 0xb8}, then[] = {0xf6, 0x04, 0x25, 0x08, 0x03, 0xfe, 0x7f, 0x01};
  if (!code || memcmp(code, head, sizeof head) || memcmp(code + 8, then, sizeof then)) return -1;
  uint32_t number;
  memcpy(&number, code + 4, sizeof number);
  return number < CALLS ? (int)number : -1;
}

static struct stub make_stub(uint32_t number) {
  struct stub stub;
  memcpy(stub.code, kStub, sizeof kStub);
  memcpy(stub.code + 4, &number, sizeof number);
  stub.dispatcher = wine_dispatcher;
  return stub;
}

static void find_calls(const void *library) {
  uint32_t at = 0;
  for (struct hook *const *each = &first_mark; each < &last_mark; each++) {
    if (!*each) continue;
    struct hook *hook = *each;
    struct stub *stub = &stubs[at++];
    if (hook->original) continue;
    const int number = number_of(find_export(library, hook->name));
    if (number < 0) continue;
    *stub = make_stub((uint32_t)number);
    hook->original = stub;
    if (hook->handler) __atomic_store_n(&hook_table[number], hook->handler, __ATOMIC_RELEASE);
  }
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
  if (is_called(library->name, L"win32u.dll")) find_calls(library->base);
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
  if (LdrGetDllHandle(NULL, 0, &ntdll, &library) || number_of(find_export(library, "NtClose")) < 0) return 0;
  if (NtAllocateVirtualMemory((HANDLE)-1, &at, 0, &size, MEM_COMMIT, PAGE_EXECUTE_READWRITE)) return 0;
  stubs = at;
  wine_dispatcher = *SLOT;
  find_calls(library);
  LdrRegisterDllNotification(0, (void *)on_library, NULL, &cookie);
  *SLOT = (void *)our_dispatcher;
  return 1;
}
