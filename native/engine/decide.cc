#include "decide.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

#include "rule.h"

namespace shuttle {

namespace {

constexpr size_t kOps = std::size(kOpNames);

struct Hash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <class Value>
using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

// Places in the order of specificity; the smaller, the more specific.
using Ranks = std::vector<uint32_t>;
constexpr uint32_t kNone = UINT32_MAX;

// The rules of one VM for one operation: literal names by hash, so that thousands of them cost what one does.
struct Bucket {
  ByName<Ranks> exact, folded;
  Ranks open;  // rules with tokens
};

// The question's object, folded only when a rule asks for it.
class Name {
 public:
  explicit Name(std::string_view name) : name_(name) {}
  std::string_view plain() const { return name_; }
  std::string_view folded() {
    if (!made_) upper_ = shuttle::folded(name_);
    made_ = true;
    return upper_;
  }

 private:
  std::string_view name_;
  std::string upper_;
  bool made_ = false;
};

class Table final : public RuleTable {
 public:
  explicit Table(std::vector<CompiledRule> rules) : rules_(std::move(rules)) {
    for (size_t place = 0; place < rules_.size(); place++) ranked_.push_back(std::make_unique<Rule>(rules_[place], place));
    std::sort(ranked_.begin(), ranked_.end(), [](auto& a, auto& b) { return a->more_specific(*b); });
    for (uint32_t rank = 0; rank < ranked_.size(); rank++) index(rank);
  }

  const CompiledRule* most_specific(const Question& asked) const override {
    const Bucket* bucket = find(asked.from, asked.op);
    if (bucket == nullptr) return nullptr;
    Name name(asked.object);
    uint32_t best = kNone;
    visit(*bucket, name, asked.bindings, best, [&](uint32_t rank) {
      if (ranked_[rank]->admits(asked, false)) best = rank;
    });
    return best == kNone ? nullptr : &ranked_[best]->rule();
  }

  std::vector<const CompiledRule*> pointing(const Question& asked) const override {
    std::vector<const CompiledRule*> found;
    const Bucket* bucket = find(asked.from, asked.op);
    if (bucket == nullptr) return found;
    Name name(asked.object);
    Ranks ranks;
    visit(*bucket, name, asked.bindings, kNone, [&](uint32_t rank) {
      if (ranked_[rank]->admits(asked, true)) ranks.push_back(rank);
    });
    std::sort(ranks.begin(), ranks.end());
    for (uint32_t rank : ranks) {
      const CompiledRule& rule = ranked_[rank]->rule();
      if (std::none_of(found.begin(), found.end(), [&](auto* other) { return other->to == rule.to; })) found.push_back(&rule);
    }
    return found;
  }

  bool any(std::string_view from, Op op) const override { return find(from, op) != nullptr; }
  const std::vector<CompiledRule>& rules() const override { return rules_; }

 private:
  using Buckets = std::array<std::unique_ptr<Bucket>, kOps>;

  void index(uint32_t rank) {
    const Rule& rule = *ranked_[rank];
    for (Op op : rule.rule().ops) {
      std::unique_ptr<Bucket>& bucket = buckets_[rule.rule().from][static_cast<size_t>(op)];
      if (!bucket) bucket = std::make_unique<Bucket>();
      Ranks& ranks = !rule.object_shape().literal ? bucket->open
                     : rule.rule().fold           ? bucket->folded[rule.object_shape().head]
                                                  : bucket->exact[rule.object_shape().head];
      if (ranks.empty() || ranks.back() != rank) ranks.push_back(rank);
    }
  }

  const Bucket* find(std::string_view from, Op op) const {
    const auto found = buckets_.find(from);
    return found == buckets_.end() ? nullptr : found->second[static_cast<size_t>(op)].get();
  }

  // Calls `take` with the rank of each rule whose object matches, each list from the most specific on, leaving out
  // what is not more specific than `limit`, which `take` may lower.
  template <class Take>
  void visit(const Bucket& bucket, Name& name, const Bindings* bindings, const uint32_t& limit, Take take) const {
    const auto literal = [&](const ByName<Ranks>& names, std::string_view wanted) {
      const auto found = names.find(wanted);
      if (found == names.end()) return;
      for (uint32_t rank : found->second)
        if (rank < limit) take(rank);
    };
    if (!bucket.exact.empty()) literal(bucket.exact, name.plain());
    if (!bucket.folded.empty()) literal(bucket.folded, name.folded());
    for (uint32_t rank : bucket.open) {
      if (rank >= limit) return;
      const Rule& rule = *ranked_[rank];
      if (rule.object_matches(rule.rule().fold ? name.folded() : name.plain(), bindings)) take(rank);
    }
  }

  std::vector<CompiledRule> rules_;
  std::vector<std::unique_ptr<Rule>> ranked_;
  ByName<Buckets> buckets_;
};

}  // namespace

std::unique_ptr<RuleTable> RuleTable::compile(std::vector<CompiledRule> rules) {
  return std::make_unique<Table>(std::move(rules));
}

}  // namespace shuttle
