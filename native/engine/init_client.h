#pragma once
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "fd.h"

namespace shuttle {

// One thing init does while it builds the root; mirrors MountStep of native/contract/vm.ts.
struct MountStep {
  enum class Do : uint8_t { kFolder, kLink, kFile, kBind, kOverlay, kMemory, kProc, kDevices, kQueues, kMask } what{};
  std::string to, from, text, upper, work;  // `from` is a link's target too
  std::vector<std::string> lower;
  uint32_t mode = 0;
  uint64_t bytes = 0;
  bool write = false;
  bool is_volatile = false;
  bool optional = false;  // a host folder that cannot be shown becomes an empty one instead of failing the start
};

struct Launch {
  std::vector<std::string> argv;
  std::string cwd;
  std::vector<std::string> env;  // NAME=value
};

struct VmPlan {
  std::string hostname;
  uid_t uid = 0;
  gid_t gid = 0;
  bool shift = false;  // files of the invoking root are shown as uid's (id-mapped mounts)
  std::vector<MountStep> steps;
  uint64_t memory = 0, processes = 0, cpu_seconds = 0, disk = 0, descriptors = 0;
  uint64_t among = 1;  // VMs of this system, which share what their user may have
  Launch program;
  int stdio[3] = {0, 1, 2};
  std::string filter;  // an array of struct sock_filter for the application, installed with a listener; empty: none
};

struct ExitStatus {
  pid_t pid = 0;  // as the host sees it
  int code = -1, signal = 0;
  int exec_error = 0;  // errno of a program that never ran (its code is then 127 or 126)
};

// A VM's process 1, seen from the engine. Requests are answered in order and are safe from any thread.
class InitClient {
 public:
  virtual ~InitClient() = default;  // ends the VM

  // Lets the first program go and begins to report exits: call it once `on_exit` and `on_end` are set and the listener
  // is served. Until then the program stands ready, just before its exec.
  virtual void run() = 0;

  virtual pid_t pid() const = 0;              // of init, as the host sees it
  virtual int pidfd() const = 0;
  virtual int root() const = 0;               // O_PATH descriptor of the VM's root folder
  virtual Fd take_listener() = 0;             // the seccomp notification descriptor of the application
  virtual pid_t program() const = 0;          // the application's first process, as the host sees it

  // A socket made in the VM's network namespace (CLOEXEC). Errors come back as a negative errno in `error`.
  virtual Fd make_socket(int domain, int type, int protocol, int* error) = 0;
  // bind or connect performed by init, with the VM's root, network and ids, in the folder `cwd`; 0 or an errno.
  virtual int bind_in(int socket, const void* address, unsigned length, int cwd, unsigned umask) = 0;
  virtual int connect_in(int socket, const void* address, unsigned length, int cwd) = 0;
  // Mounts one more thing in the running VM; 0 or an errno.
  virtual int mount(const MountStep& step) = 0;
  // Starts one more program under the same filter (the same listener serves it); its exit is reported like the first's.
  virtual pid_t start(const Launch& launch, const int stdio[3], int* error) = 0;
  // Sends a signal to every program; 0 or an errno.
  virtual int signal_all(int signal) = 0;
  // The VM's own end of things: kill every process now.
  virtual void kill() = 0;

  // Called on a thread of the client's own: a child of init's that `start` or the plan began has ended, then the VM.
  std::function<void(const ExitStatus&)> on_exit;
  std::function<void()> on_end;
};

struct StartFailure {
  std::string step;  // what was being done, for people
  int error = 0;     // errno
};

// Starts a VM: one clone with every namespace, then exec of init, which builds the root and starts the program.
// Returns once the program is about to run (see `run`), or says which step failed. `init` is the path of the init executable.
std::variant<std::unique_ptr<InitClient>, StartFailure> start_vm(const std::string& init, const VmPlan& plan);

}  // namespace shuttle
