// How a rule decides: the one specification of rules, used by the engine, the replayer and the analyzer alike.
//
// WHO AND WHAT. A rule is written from the side of the user: `from` is the VM that reaches out, `to` the VM, `host` or
// `net` that owns the object. A rule matches a question when every one of its keys does:
//   ops        the question's operation is among them.
//   from       equal, byte by byte.
//   from_image the base name of the asker's program file. The kernel does not always vouch for it (a Windows program's
//              calls come from its Wine server): an asker without an image is taken for any of its VM's.
//   to         equal, or the question leaves it open because the owner is still being looked for.
//   to_image   the base name of the owner's program file; not looked at while `to` is open.
//   object     the pattern matches the whole name as it is recorded (bytes that are no text as `\xNN`; pattern.h); with
//              `fold`, as Windows compares names.
//   access     0 covers any. A permission must cover every bit that is asked; a refusal holds if it has one of them.
//   args       as many patterns as there are arguments after the program's own name, each matching its argument whole.
//              Case counts in them.
//   startup    the VM is still in its start-up phase.
//   carrier    a permission with one whose patterns have no `{given}`: the whole object came to the asker over it before;
//              over `argv`, in the arguments with which `to` started a program there.
//   operation, message, title   equal where the rule gives them.
// What the asker does not know counts against it: a permission that names `to_image` or `args` does not match a question
// without them, a refusal does.
//
// TOKENS. Bound tokens are exactly the asker's own values (its peer's for `{peer.…}`; the receiver's in the object of a
// `name.pass`), as the program itself sees them; one whose value is not known, or is empty, matches nothing. `{given}` is
// any value that came to the asker over the carrier the rule names. No token but `{rest}` matches the empty string.
// `{date}` and `{time}` take possible months, days, hours, minutes and seconds only. Letters of `{word}` are Unicode's.
//
// WHICH RULE. Of the rules that match, the most specific decides:
//   1. more literal characters, in object and args together (code points; a value that a token stands for is not one);
//   2. narrower tokens, in object and args together: the widest token of each rule is compared first, then the next;
//      where one has run out of tokens, it is the narrower. Bound, given, guid, hex:N, date, time, uint, hex, word,
//      name, rest is the order;
//   3. a refusal over a permission;
//   4. the order of the file.
// No rule is no permission: the interaction is blocked (while learning, it is carried unless a refusal says no).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../contract/words.h"

namespace shuttle {

// One piece of a pattern: literal text where `token` is unset.
struct PatternPart {
  bool literal = true;
  std::string text;
  Token token{};
  uint32_t width = 0;
};
using Pattern = std::vector<PatternPart>;

// A rule as policygen compiles it; see native/contract/rules.ts for the meaning of each key.
struct CompiledRule {
  std::string id;
  bool allow = true;
  std::vector<Op> ops;
  std::string from, from_image, to, to_image;  // an empty image is any
  Pattern object;
  bool fold = false;
  uint32_t access = 0;
  bool has_args = false;
  std::vector<Pattern> args;
  bool startup_only = false;
  std::string operation, message, title, carrier;
  bool relay = false;
};

// A value that came to the caller earlier in this run, and the carrier that brought it: a rule's id, or argv_from the
// VM that started a program with it.
struct Given {
  std::string_view carrier, value;
};

// The values the caller's (and peer's) bound tokens stand for, indexed by Token. An empty value matches nothing.
struct Bindings {
  std::string values[16];
  std::vector<Given> given;
  std::string text;  // the object's name as it is recorded, where it is no text itself
};

// The carrier `argv`, of one sender: what one VM starts a program with lets nobody pass what is another's.
inline std::string argv_from(std::string_view sender) { return "argv " + std::string(sender); }

// What is asked of the table. `to` is the owner where it is known, else empty: then any rule's `to` matches,
// and the answer says where rules point.
struct Question {
  Op op{};
  std::string_view from, from_image;
  std::string_view to, to_image;
  std::string_view object;
  uint32_t access = 0;
  const std::vector<std::string_view>* argv = nullptr;  // without argv[0]
  bool starting = false;                                // the VM is still in its start-up phase
  std::string_view operation, message, title;
  const Bindings* bindings = nullptr;
};

// Compiled once, then unchanging: every call is safe from any thread. Pointers live as long as the table.
struct RuleTable {
  virtual ~RuleTable() = default;
  // The rule that decides, or null where none matches.
  virtual const CompiledRule* most_specific(const Question& asked) const = 0;
  // The places (`to`) of rules that match the question whatever its `to`, most specific first, without repetition:
  // for each place, the rule that would decide there. It may be a refusal.
  virtual std::vector<const CompiledRule*> pointing(const Question& asked) const = 0;
  // Whether any rule of this VM has one of these operations: lets the filter leave out what nobody may ask for.
  virtual bool any(std::string_view from, Op op) const = 0;
  virtual const std::vector<CompiledRule>& rules() const = 0;

  static std::unique_ptr<RuleTable> compile(std::vector<CompiledRule> rules);
};

}  // namespace shuttle
