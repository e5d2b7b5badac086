// The agent: loaded into every process of the VM as the first import of kernel32 (tracer/windows/agent.ts puts it there),
// so before kernelbase and anything of the program's own.
#include "hook.h"
#include "line.h"

// What kernel32's changed import table names.
__declspec(dllexport) void shuttle_agent(void) {}

BOOL WINAPI agent_main(HINSTANCE self, DWORD reason, void *reserved) {
  (void)self;
  (void)reserved;
  // Without a line nothing is hooked: outside Shuttle the library does nothing.
  if (reason == DLL_PROCESS_ATTACH && open_line()) install_hooks();
  return TRUE;
}
