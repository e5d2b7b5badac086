#pragma once
#include <string>
#include <vector>

#include "decide.h"
#include "row.h"
#include "trap.h"

namespace shuttle {

// One place outside the caller's VM where the thing that is asked for was found.
struct Owner {
  std::string place;     // a VM's name, `host` or `net`
  std::string image;     // the program that owns it, where known
  bool hidden = false;   // in the protected set: carried only where a rule or --expose names it
};

// What is to be done about an interaction that leaves its VM.
struct Ruling {
  Verdict verdict = Verdict::kAbsent;
  int owner = -1;             // index of the owner that is meant; -1 for absent
  std::string rule;           // id of the rule that decided
  bool relay = false;         // the rule forbids handing a socket over, or needs the bytes
  bool two_owners = false;    // more than one, and no rule that says which
};

// Decides for `asked` (whose `to` is ignored) among the owners found. Owners come in the order in which they are
// looked for: where rules point, then, while learning, the other VMs, the host, the network.
//  - an owner that a rule allows is taken, the most specific rule first; a refusing rule takes the owner away;
//  - with no rule, `allow` carries to what is not hidden; two VMs owning the same name are told, not guessed;
//  - `deny` and `enforce` block; nothing found is absent.
Ruling rule_on(const RuleTable& table, Question asked, const std::vector<Owner>& owners, bool carry_without_rule);

// Records that nothing was carried, with the owner that was not reached; tells when two owners stood in the way.
void refuse(const Trap& trap, Op op, std::string_view object, const std::vector<Owner>& owners, const Ruling& ruling, int status);

// A question about the caller of a trap, with its bindings filled in (they live in `bindings`).
Question question_of(const Trap& trap, Op op, std::string_view object, Bindings& bindings);

}  // namespace shuttle
