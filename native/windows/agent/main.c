// The agent: loaded into every process of the VM as the first import of kernel32 (tracer/windows/agent.ts puts it there),
// so before kernelbase and anything of the program's own.
#include "hook.h"
#include "line.h"

// What kernel32's changed import table names.
__declspec(dllexport) void shuttle_agent(void) {}

// The dock is ours: what it opens and makes for others is in their rows already.
static int is_dock(void) {
  static const char name[] = "\\shuttle-dock.exe";
  const UNICODE_STRING *image = &NtCurrentTeb()->ProcessEnvironmentBlock->ProcessParameters->ImagePathName;
  const uint32_t chars = image->Length / sizeof(WCHAR), wanted = sizeof name - 1;
  if (chars < wanted) return 0;
  for (uint32_t i = 0; i < wanted; i++)
    if (image->Buffer[chars - wanted + i] != (WCHAR)name[i]) return 0;
  return 1;
}

BOOL WINAPI agent_main(HINSTANCE self, DWORD reason, void *reserved) {
  (void)self;
  (void)reserved;
  // Without a line nothing is hooked: outside Shuttle the library does nothing.
  if (reason == DLL_PROCESS_ATTACH && !is_dock() && open_line()) install_hooks();
  return TRUE;
}
