#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "decide.h"
#include "row.h"
#include "vm.h"

namespace shuttle {

class Relay;
class Workers;

struct Event {
  enum class Type : uint8_t { kExited, kEnded, kServed, kProblem } type{};
  std::string vm;
  pid_t pid = 0;
  int code = -1, signal = 0;
  std::string op, object;   // served
  std::string problem, detail;
};

struct EngineSpec {
  std::vector<CompiledRule> rules;
  std::vector<std::string> vms;
  std::string init;  // path of the init executable
};

// Everything outside the VMs that decides, carries and records. One per run.
class Engine {
 public:
  Engine(EngineSpec spec, std::shared_ptr<Record> record, std::function<void(Event)> tell);
  ~Engine();  // ends every VM

  StartFailure start(VmSpec spec);
  std::shared_ptr<Vm> find(std::string_view name) const;
  // Every other VM that runs now, in the order of their start.
  std::vector<std::shared_ptr<Vm>> others(const Vm& than) const;
  void close();

  const std::string init_path;
  const std::unique_ptr<RuleTable> rules;
  const std::shared_ptr<Record> record;
  const std::function<void(Event)> tell;

  Relay& relay() { return *relay_; }
  Workers& workers() { return *workers_; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Vm>> vms_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Workers> workers_;
};

}  // namespace shuttle
