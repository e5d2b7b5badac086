#include "decide.h"

#include <algorithm>
#include <array>
#include <memory>

#include "name_index.h"
#include "rule.h"

namespace shuttle {

namespace {

constexpr size_t kOps = std::size(kOpNames);
constexpr uint32_t kNone = UINT32_MAX;

// The rules of one VM for one operation.
struct Bucket {
  NameIndex literal;
  SettledNames settled;
  Ranks open;  // all others, in the order of specificity
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
    uint32_t best = kNone;
    visit(*bucket, asked, best, [&](uint32_t rank) {
      if (ranked_[rank]->admits(asked, false)) best = rank;
    });
    return best == kNone ? nullptr : &ranked_[best]->rule();
  }

  std::vector<const CompiledRule*> pointing(const Question& asked) const override {
    std::vector<const CompiledRule*> found;
    const Bucket* bucket = find(asked.from, asked.op);
    if (bucket == nullptr) return found;
    Ranks ranks;
    visit(*bucket, asked, kNone, [&](uint32_t rank) {
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
    std::vector<Op> ops = rule.rule().ops;
    std::sort(ops.begin(), ops.end());
    ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
    for (Op op : ops) {
      std::unique_ptr<Bucket>& bucket = buckets_[rule.rule().from][static_cast<size_t>(op)];
      if (!bucket) bucket = std::make_unique<Bucket>();
      if (rule.object_shape().literal)
        bucket->literal.add(rule.object_shape().head, rule.rule().fold, rank);
      else if (rule.object_shape().settles)
        bucket->settled.add(rank);
      else
        bucket->open.push_back(rank);
    }
  }

  const Bucket* find(std::string_view from, Op op) const {
    const auto found = buckets_.find(from);
    return found == buckets_.end() ? nullptr : found->second[static_cast<size_t>(op)].get();
  }

  // Calls `take` with the rank of each rule whose object matches, leaving out what is not more specific than `limit`,
  // which `take` may lower.
  template <class Take>
  void visit(const Bucket& bucket, const Question& asked, const uint32_t& limit, Take take) const {
    AskedName name(asked.object);
    const auto below = [&](uint32_t rank) {
      if (rank < limit) take(rank);
    };
    bucket.literal.visit(name, below);
    if (!bucket.settled.empty() && asked.bindings != nullptr) bucket.settled.under(*asked.bindings, ranked_)->visit(name, below);
    for (uint32_t rank : bucket.open) {
      if (rank >= limit) return;
      const Rule& rule = *ranked_[rank];
      if (rule.object_matches(name.as(rule.rule().fold), asked.bindings)) take(rank);
    }
  }

  std::vector<CompiledRule> rules_;
  RankedRules ranked_;
  ByText<Buckets> buckets_;
};

}  // namespace

std::unique_ptr<RuleTable> RuleTable::compile(std::vector<CompiledRule> rules) {
  return std::make_unique<Table>(std::move(rules));
}

}  // namespace shuttle
