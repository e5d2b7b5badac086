// Finding rules by the whole name, so that thousands of literal rules cost what one does.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rule.h"

namespace shuttle {

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <class Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

// Places of rules in the order of specificity; the smaller, the more specific.
using Ranks = std::vector<uint32_t>;
using RankedRules = std::vector<std::unique_ptr<Rule>>;

// The question's object, folded only when a rule asks for it.
class AskedName {
 public:
  explicit AskedName(std::string_view name) : name_(name) {}
  std::string_view plain() const { return name_; }
  std::string_view folded();
  std::string_view as(bool fold) { return fold ? folded() : name_; }

 private:
  std::string_view name_;
  std::string upper_;
  bool made_ = false;
};

class NameIndex {
 public:
  void add(const std::string& name, bool fold, uint32_t rank);
  // Calls `take` with the rank of each rule of this name.
  template <class Take>
  void visit(AskedName& name, Take take) const {
    if (!exact_.empty()) visit(exact_, name.plain(), take);
    if (!folded_.empty()) visit(folded_, name.folded(), take);
  }

 private:
  template <class Take>
  static void visit(const ByText<Ranks>& names, std::string_view wanted, Take take) {
    const auto found = names.find(wanted);
    if (found == names.end()) return;
    for (uint32_t rank : found->second) take(rank);
  }

  ByText<Ranks> exact_, folded_;
};

// Rules whose tokens are values that last as long as the VM (`{home}/.x`): literal once the VM is known.
class SettledNames {
 public:
  void add(uint32_t rank) { ranks_.push_back(rank); }
  bool empty() const { return ranks_.empty(); }
  std::shared_ptr<const NameIndex> under(const Bindings& bindings, const RankedRules& rules) const;

 private:
  static constexpr size_t kFirst = static_cast<size_t>(Token::kUid), kCount = static_cast<size_t>(Token::kGiven) - kFirst;
  using Values = std::array<std::string, kCount>;
  struct Made {
    Values values;
    std::shared_ptr<const NameIndex> index;
  };
  std::shared_ptr<const NameIndex> find(const Bindings& bindings) const;

  Ranks ranks_;
  mutable std::shared_mutex mutex_;
  mutable std::vector<Made> made_;
};

}  // namespace shuttle
