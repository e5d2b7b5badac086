#pragma once
#include <memory>
#include <mutex>
#include <string_view>

#include "../../contract/words.h"
#include "../../windows/wire.h"
#include "../fd.h"

namespace shuttle {

class Vm;

// Whether an operation asks for the whole name that an owner made known, so that the board can speak of it.
bool asks_by_name(Op asked);

// What one VM's agents are shown so that they need not ask: which names others own that could be theirs to reach, and which
// of their own names others may reach. Each name is a bit that others may share: one too many costs a question, one too
// few a crossing. While enforcing it holds only what rules name, so that it betrays no neighbour. The memory is the VM's to
// spoil, which costs itself alone; we only write it.
class Board {
 public:
  explicit Board(const Vm& vm) : vm_(vm) {}
  ~Board();
  Board(const Board&) = delete;

  // The memory, filled with what others own by now; no descriptor where there is none to be had.
  const Fd& file();
  // Another VM has made a name.
  void add(const Vm& owner, Op served, std::string_view name, std::string_view image);
  // A name that no rule has but which one has led to: it may be asked for.
  void show(std::string_view name);

 private:
  void make();
  void fill();
  void set_export(std::string_view name);
  bool shows(const Vm& owner, Op served, std::string_view name, std::string_view image) const;
  void set(std::string_view name);

  const Vm& vm_;
  std::mutex mutex_;
  Fd file_;
  sh_board* board_ = nullptr;
  std::unique_ptr<sh_board> ours_;  // what we wrote, since the other may be changed
};

}  // namespace shuttle
