// One rule made ready for deciding: its patterns compiled, its place in the order of specificity known.
#pragma once
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "decide.h"
#include "pattern.h"

namespace shuttle {

// A pattern with the automata made for the values met so far, so that each set of values is compiled once.
class CachedPattern {
 public:
  CachedPattern(const Pattern& pattern, bool fold, std::string_view carrier);
  // `name` must be folded where the pattern folds.
  bool matches(std::string_view name, const Bindings* bindings) const;
  const PatternShape& shape() const { return shape_; }

 private:
  std::shared_ptr<const BoundPattern> bound_for(const Bindings& bindings) const;
  bool matches_given(std::string_view name, const Bindings& bindings) const;

  Pattern pattern_;
  bool fold_;
  std::string carrier_;
  PatternShape shape_;
  std::vector<Token> bound_tokens_;
  std::optional<BoundPattern> fixed_;  // where nothing is bound
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<std::string, std::shared_ptr<const BoundPattern>> made_;
};

class Rule {
 public:
  Rule(const CompiledRule& rule, size_t place);

  // Every key but ops, from and object. `open` leaves the owner out.
  bool admits(const Question& asked, bool open) const;
  // `name` is the object, folded where the rule folds.
  bool object_matches(std::string_view name, const Bindings* bindings) const { return object_.matches(name, bindings); }
  bool more_specific(const Rule& other) const;

  const CompiledRule& rule() const { return *rule_; }
  const PatternShape& object_shape() const { return object_.shape(); }

 private:
  bool owner_matches(const Question& asked) const;
  bool was_handed(const Question& asked) const;
  bool args_match(const Question& asked) const;

  const CompiledRule* rule_;
  size_t place_;
  std::string carrier_;  // as what comes over it is marked
  CachedPattern object_;
  std::vector<std::unique_ptr<CachedPattern>> args_;
  size_t characters_ = 0;
  std::vector<uint8_t> widths_;
};

// The file's own name in a path: after the last `/`, and after the last `\` too where the path is a Windows one.
std::string_view base_name(std::string_view path);

}  // namespace shuttle
