#include "name_index.h"

#include <algorithm>
#include <mutex>

namespace shuttle {

namespace {
// One VM has one set of values; a replay of many runs has many, one after the other.
constexpr size_t kMostKept = 8;
}  // namespace

std::string_view AskedName::folded() {
  if (!made_) upper_ = shuttle::folded(name_);
  made_ = true;
  return upper_;
}

void NameIndex::add(const std::string& name, bool fold, uint32_t rank) {
  Ranks& ranks = (fold ? folded_ : exact_)[name];
  if (ranks.empty() || ranks.back() != rank) ranks.push_back(rank);
}

std::shared_ptr<const NameIndex> SettledNames::find(const Bindings& bindings) const {
  const auto* first = bindings.values + kFirst;
  for (const Made& made : made_)
    if (std::equal(made.values.begin(), made.values.end(), first)) return made.index;
  return nullptr;
}

std::shared_ptr<const NameIndex> SettledNames::under(const Bindings& bindings, const RankedRules& rules) const {
  {
    std::shared_lock lock(mutex_);
    if (auto found = find(bindings)) return found;
  }
  auto index = std::make_shared<NameIndex>();
  for (uint32_t rank : ranks_) {
    const CompiledRule& rule = rules[rank]->rule();
    if (const auto name = settled_name(rule.object, rule.fold, bindings)) index->add(*name, rule.fold, rank);
  }
  std::unique_lock lock(mutex_);
  if (made_.size() >= kMostKept) made_.erase(made_.begin());
  Made made{{}, index};
  std::copy_n(bindings.values + kFirst, kCount, made.values.begin());
  made_.push_back(std::move(made));
  return index;
}

}  // namespace shuttle
