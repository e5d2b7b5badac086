#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../../windows/wire.h"
#include "../decide.h"
#include "../fd.h"
#include "../owner.h"
#include "../row.h"

namespace shuttle {

class Vm;

// A Windows process whose agent said hello. What the kernel vouches for is `pid` and `vm_pid`; the rest is its word.
struct AgentProcess {
  pid_t pid = 0, vm_pid = 0;
  uint32_t win_pid = 0;
  std::string image;  // C:\dir\program.exe
};

// A name that an agent did not find in its own VM.
struct Asking {
  std::shared_ptr<Vm> vm;
  std::shared_ptr<const AgentProcess> process;
  Op op{};
  std::string object;
  uint32_t access = 0;
  std::array<uint64_t, 4> extra{};
  std::string detail;
  std::string title, message;  // of windows, where they are known
  std::string operation;  // of RPC
  std::vector<std::string> argv;  // of programs: the whole command, its name first
  uint64_t handle = 0;         // what a look found, as its VM numbers it
  int32_t tid = 0;     // as the VM numbers it
  int64_t began = 0;   // Record::now_ns
};

// What the agent is answered.
struct Told {
  sh_verdict verdict = SH_ABSENT;
  int32_t status = 0;  // NTSTATUS for the program; 0: as its own call ended
  std::array<uint64_t, 4> extra{};
  std::string name;    // of a stand-in
  Fd descriptor;
};

// What it took to carry: the answer, and what goes into the row. `absent`: the owner has it no longer after all; `kept`:
// it is there, and of a sort that cannot be carried; `unrecorded`: part of what a row says already.
struct Carried {
  Told told;
  int32_t status = 0;
  bool absent = false, kept = false, unrecorded = false;
  std::string effective, detail;
  std::optional<uint32_t> channel;
};

// What a look found in a VM.
struct Looked {
  std::string object, title;  // as they are called there
  uint64_t handle = 0;
};

// How one kind of Windows object crosses. To add a kind: write a class in a file of its own and enter it in
// carriers.cc. `carry` runs on a thread of its own and may wait; it is called only after the rules said yes.
class Carrier {
 public:
  virtual ~Carrier() = default;
  // What the owner's VM says when the name comes to be (SH_SERVE).
  virtual Op served() const = 0;
  // What others ask for it.
  virtual std::vector<Op> asked() const = 0;

  // Puts what the agent said into the record's words, before anything is decided.
  virtual void understand(Asking& asking) const {}
  // Whether another VM may have what is asked for; by default, that one of its programs said so. Takes no time.
  virtual bool may_have(const Asking& asking, Vm& other) const;
  // Whether it goes to every VM that has it and that a rule lets it reach, each by a decision of its own, besides what is
  // done in the asker's VM, which the agent has recorded.
  virtual bool to_each() const { return false; }
  // Whether names made known do not say it all, and `look` is to be called for each VM that may have it.
  virtual bool looks() const { return false; }
  // Whether it has, and what. May wait. Nothing is let across by it.
  virtual std::optional<Looked> look(const Asking& asking, Vm& other) { return Looked{asking.object, asking.title, 0}; }

  // Whether something that was let across before leads to it, so that it takes no rule of its own and only a refusal keeps
  // it back. Said only of what `may_have` gives.
  virtual bool follows(const Asking& asking) const { return false; }

  virtual Carried carry(const Asking& asking, Vm& owner, const Ruling& ruling) = 0;
};

// The carrier for an operation, or null: then a name that others own is `blocked`, whatever the rules say.
Carrier* carrier_for(Op asked);

// The operation by which the owner of what `asked` looks for makes its names known.
Op served_for(Op asked);

// Whether this operation makes a name where it is nowhere (CreateMutex and its kin).
bool makes(Op asked);

// Whether a name is Wine's own, so that every VM has it for itself: it crosses for nobody, whatever the rules say.
bool is_wines(Op asked, std::string_view object);

// What the rules say about it, and the row that says what came of it: for what a carrier decides later, on its channels.
Ruling rule_for(const Asking& asking, const std::vector<Owner>& owners);
void record_asking(const Asking& asking, const Owner* owner, Verdict verdict, const Ruling& ruling, const Carried& carried);

// Decides, and answers where nothing is carried: that takes no time. Nothing where it is to be carried.
std::optional<Told> settle_asking(const Asking& asking);

// Decides, carries and records; the one place where an agent's question is answered. May wait.
Told answer_asking(const Asking& asking);

// Records that a name nobody asked about is kept from the asker, where a VM that claimed it before has it and no rule says
// yes. False where there is no such VM.
bool record_kept(const Asking& asking, uint64_t before);
// Whether another VM made before this the name that was made here, and it is to be that one.
bool had_first(const Asking& asking, uint64_t before);

}  // namespace shuttle
