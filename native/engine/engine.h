#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "decide.h"
#include "owner.h"
#include "row.h"
#include "vm.h"

namespace shuttle {

class Loop;
class Meeting;
class Published;
class Relay;
class Workers;

struct Event {
  enum class Type : uint8_t { kExited, kEnded, kServed, kProblem } type{};
  std::string vm;
  pid_t pid = 0;
  int code = -1, signal = 0, exec_error = 0;
  std::string op, object;   // served
  std::string problem, detail;
};

struct EngineSpec {
  std::vector<CompiledRule> rules;
  std::vector<std::string> vms;
  std::string init;         // path of the init executable
  std::string meeting;      // folder where engines of one system find each other's VMs; empty: ours only
  std::string resolv_conf;  // says which name servers the host uses; empty: /etc/resolv.conf
  bool thread_pidfds = true;  // false: as on kernels before 6.9, for tests
};

// Everything outside the VMs that decides, carries and records. One per run.
class Engine {
 public:
  Engine(EngineSpec spec, std::shared_ptr<Record> record, std::function<void(Event)> tell);
  ~Engine();  // ends every VM

  StartFailure start(VmSpec spec);
  std::shared_ptr<Vm> find(std::string_view name) const;
  // Every other VM that runs now, in the order of their start; those of other Shuttles last.
  std::vector<std::shared_ptr<Vm>> others(const Vm& than) const;
  void close();

  // Says that a name is owned twice, so nobody was given it.
  void tell_two_owners(std::string_view vm, std::string_view object, const std::vector<Owner>& owners) const;

  const std::string init_path, resolv_conf;
  const std::vector<std::string> vms;  // of the whole system, running or not
  const bool thread_pidfds;
  const bool several;  // the system has more than one VM, whoever runs them
  const std::unique_ptr<RuleTable> rules;
  const std::shared_ptr<Record> record;
  const std::function<void(Event)> tell;

  // Keeps a published server open until the engine closes.
  void keep(std::unique_ptr<Published> door);

  Loop& loop() { return *loop_; }
  Relay& relay() { return *relay_; }
  Workers& workers() { return *workers_; }

 private:
  void retire(std::string_view name);

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Vm>> vms_;
  std::vector<std::shared_ptr<Vm>> past_;  // ended; workers may still hold on to what is theirs
  std::vector<std::unique_ptr<Published>> doors_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<Meeting> meeting_;
};

}  // namespace shuttle
