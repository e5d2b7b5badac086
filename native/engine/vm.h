#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "caller.h"
#include "decide.h"
#include "filter.h"
#include "handed.h"
#include "init_client.h"
#include "net/continued.h"
#include "pid_space.h"
#include "row.h"
#include "share.h"
#include "trap.h"

namespace shuttle {

class Engine;
class LinkedInit;
class AgentDesk;
struct FileState;
struct NetState;

enum class Mode : uint8_t { kAllow, kDeny, kEnforce };
enum class Zone : uint8_t { kBase, kOwn, kMount, kPrivate, kProtected, kOutside };
// Which sockets of another network namespace can be inside a VM: none, connected streams that the engine put there, or
// any, since a unix socket joined to the outside brings whatever its other end hands over.
enum class Foreign : uint8_t { kNone, kStreams, kAny };
enum class PayloadKept : uint8_t { kNone, kHead, kFull };

struct ZonePath {
  std::string path;  // inside the VM, without a trailing slash
  Zone zone{};
  std::string from;  // the host's path it shows; empty where there is none
};
struct LazyOverlay {
  std::string to;
  std::vector<std::string> lower;
  std::string upper, work;
};
struct Drive {
  char letter{};
  std::string path;
};

// What the engine is told about a VM; mirrors VmSpec of native/contract/vm.ts.
struct VmSpec {
  std::string name;
  Mode mode{};
  bool audit = false;
  bool reader = false;  // its programs are given the preloaded reader
  bool windows32 = false;  // its Wine runs 32-bit programs
  VmPlan plan;
  std::vector<ZonePath> zones;
  std::vector<LazyOverlay> lazy;
  std::vector<Drive> drives;
  Bindings variables;  // user, uid, host, home, temp, session; pid and its kin are filled in per caller
  PayloadKept payload{};
  std::vector<std::string> sockets;  // the host's that are hidden while no rule names them; a last `*`: any end, a first `!`: shown
  std::vector<std::string> dock;     // the command that starts a dock in it; empty: no agent, no dock
  std::vector<std::string> shown;  // ids of the rules whose object the mounts show already

  bool is_shown(const std::string& rule) const { return std::find(shown.begin(), shown.end(), rule) != shown.end(); }
};

// What the filter of such a VM has to trap besides what every VM's does.
Trapping trapping_for(const VmSpec& spec, const RuleTable& rules);

// A running VM: its init, the thread that answers its trapped calls, and what is known of it.
class Vm : public std::enable_shared_from_this<Vm> {
 public:
  Vm(Engine& engine, VmSpec spec);
  ~Vm();

  Engine& engine;
  const VmSpec spec;
  const std::string& name() const { return spec.name; }
  bool running() const;
  bool finishing() const { return finishing_; }
  bool learning() const { return spec.mode != Mode::kEnforce; }
  bool windows() const { return !spec.drives.empty(); }

  InitClient& init() const { return *init_; }
  Notifier& notifier() const { return *notifier_; }
  Callers& callers() { return callers_; }

  const std::shared_ptr<Share> share;  // of what the engine holds for VMs
  std::shared_ptr<FileState> files;  // what files/state.h keeps of this VM
  std::shared_ptr<NetState> net;     // what net/state.h keeps of this VM
  const std::shared_ptr<Handed> handed = std::make_shared<Handed>();  // what messages brought it over carriers

  std::shared_ptr<AgentDesk> agents;  // of a Windows VM (windows/desk.h); null: none

  // A VM that another Shuttle of this user runs, as a neighbour of ours (join/meeting.h).
  static std::shared_ptr<Vm> joined(Engine& engine, const std::string& name, std::unique_ptr<LinkedInit> linked);

  // Starts the VM and its thread. The failure's text is empty when it runs.
  StartFailure start();
  // Lets a Wine server save the registry, or servers put away what they have, then kills what runs in the VM; asked a
  // second time, at once. `on_end` tells when that is done.
  void finish();
  // Ends the VM: kills what runs in it and waits for its thread.
  void end();

  // What can be inside by now. From streams on connect, bind and listen are never continued, and once it may be any
  // socket, neither are sends that can name an address (the hard rule, design section 4).
  Foreign foreign_sockets() const { return foreign_.load(); }
  // True once no continued call can be given such a socket any more. False: one may, so none must come inside.
  [[nodiscard]] bool expect_foreign_sockets(Foreign upto = Foreign::kAny);
  // Whether a socket call of this thread may be continued, which it may while less than `harm` can be inside; if so it
  // is noted, so that the above waits for it.
  bool may_continue(pid_t tid, uint64_t call, Foreign harm = Foreign::kStreams);

  int diag() const { return diag_.get(); }        // NETLINK_SOCK_DIAG socket of the VM's network
  ino_t pid_space() const { return pid_space_.number(); }
  uint64_t network() const { return network_; }  // cookie of the VM's network namespace
  // The zone a canonical path of the VM lies in: the longest prefix. Null where none says.
  const ZonePath* zone_of(std::string_view path) const;

  // Whether the host's socket of this name, or the folder it lies in, is kept from every program.
  bool is_protected_socket(std::string_view path) const;

  bool starting() const;                          // still in its start-up phase

 private:
  void serve();
  std::unique_ptr<InitClient> init_;
  LinkedInit* linked_ = nullptr;  // init_ of a joined VM
  std::unique_ptr<Notifier> notifier_;
  Callers callers_;
  std::thread thread_;
  std::atomic<Foreign> foreign_{Foreign::kNone}, settled_{Foreign::kNone};
  std::atomic<bool> served_{false}, running_{false}, finishing_{false};
  Continued continued_;
  std::mutex foreign_turn_;
  Fd diag_;
  std::chrono::steady_clock::time_point began_;
  uint64_t network_ = 0;
  PidSpace pid_space_;
  Handlers handlers_;
};

}  // namespace shuttle
