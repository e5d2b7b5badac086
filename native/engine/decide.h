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

// The values the caller's (and peer's) bound tokens stand for, indexed by Token. An empty value matches nothing.
struct Bindings {
  std::string values[16];
  std::vector<std::string_view> given;  // values that came to the caller over the rule's carrier
};

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

struct RuleTable {
  virtual ~RuleTable() = default;
  // The rule that decides, or null where none matches. Of the rules whose every key matches, the most specific
  // decides: more literal characters, then narrower tokens, then a refusal over a permission, then the file's order.
  virtual const CompiledRule* most_specific(const Question& asked) const = 0;
  // The places (`to`) of rules that match the question whatever its `to`, most specific first, without repetition.
  virtual std::vector<const CompiledRule*> pointing(const Question& asked) const = 0;
  // Whether any rule of this VM has one of these operations: lets the filter leave out what nobody may ask for.
  virtual bool any(std::string_view from, Op op) const = 0;
  virtual const std::vector<CompiledRule>& rules() const = 0;

  static std::unique_ptr<RuleTable> compile(std::vector<CompiledRule> rules);
};

}  // namespace shuttle
