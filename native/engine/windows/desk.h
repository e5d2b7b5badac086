#pragma once
#include <sys/types.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "../caller.h"
#include "../fd.h"
#include "../loop.h"
#include "board.h"
#include "carrier.h"
#include "claims.h"
#include "exporters.h"
#include "ring.h"

namespace shuttle {

class Dock;
class Vm;

// Where a Windows VM's agents report: one thread that drains their rings and reads their messages. Questions are answered
// on workers, so that one that waits holds up neither the VM's other questions nor another VM.
class AgentDesk {
 public:
  explicit AgentDesk(Vm& vm);
  ~AgentDesk();

  // Whether a connect to this abstract name is an agent's call to the engine.
  static bool is_door(std::string_view abstract);
  // A line that one of the VM's processes opened; who it is, the kernel said. Any thread.
  void admit(std::shared_ptr<const Caller> caller, Fd socket);

  // Takes what is left in the rings and stops; questions that come later go unanswered. Called when the VM ends.
  void close();

  Claims& claims() { return claims_; }
  Board& board() { return board_; }
  Dock& dock() { return *dock_; }
  Exporters& exporters() { return exporters_; }

 private:
  struct Process;
  struct Line;
  void on_line(const std::shared_ptr<Line>& line, uint32_t events);
  bool take_message(const std::shared_ptr<Line>& line);
  void hello(const std::shared_ptr<Line>& line, const sh_message& message, std::string_view image);
  void ask(const std::shared_ptr<Line>& line, const sh_message& message, std::string_view object, std::string_view detail);
  void drain(Process& process);
  void drain_all();
  void record(Process& process, const AgentEvent& event);
  bool record_kept(const Process& process, const AgentEvent& event, bool made);
  void claim(Op op, std::string_view object, const AgentProcess& by, uint64_t sort = 0);
  bool serve(const Process& process, const sh_message& message, std::string_view object);
  void drop(const std::shared_ptr<Line>& line);
  void reply(const std::shared_ptr<Line>& line, Told told);
  void watch(const std::shared_ptr<Line>& line);

  Vm& vm_;
  Claims claims_;
  Board board_;
  Exporters exporters_;
  std::unique_ptr<Dock> dock_;
  Fd tick_;
  std::map<pid_t, std::shared_ptr<Process>> processes_;  // the loop's thread only
  std::map<int, std::shared_ptr<Line>> lines_;
  std::atomic<bool> closed_{false};
  std::unique_ptr<char[]> buffer_;
  Loop loop_;  // last: its thread uses what stands above
};

}  // namespace shuttle
