#include "rule.h"

#include <algorithm>
#include <functional>
#include <mutex>

namespace shuttle {

namespace {

// Process ids are part of the values, and a hostile program can have as many as it likes.
constexpr size_t kMostCached = 64;

bool is_windows_path(std::string_view path) {
  const char letter = path.empty() ? '\0' : static_cast<char>(path[0] | 0x20);
  return path.size() >= 3 && letter >= 'a' && letter <= 'z' && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

bool same_image(std::string_view wanted, std::string_view path, bool fold) {
  const std::string_view name = base_name(path);
  return fold || is_windows_path(path) ? folded(wanted) == folded(name) : wanted == name;
}

}  // namespace

std::string_view base_name(std::string_view path) {
  const size_t cut = path.find_last_of(is_windows_path(path) ? "\\/" : "/");
  return cut == std::string_view::npos ? path : path.substr(cut + 1);
}

CachedPattern::CachedPattern(const Pattern& pattern, bool fold, std::string_view carrier)
    : pattern_(pattern), fold_(fold), carrier_(carrier), shape_(pattern, fold) {
  for (const PatternPart& part : pattern)
    if (!part.literal && is_bound(part.token)) bound_tokens_.push_back(part.token);
  if (!shape_.bound && !shape_.given) fixed_.emplace(pattern, fold, nullptr, std::vector<std::string_view>());
}

bool CachedPattern::matches(std::string_view name, const Bindings* bindings) const {
  if (fixed_) return fixed_->matches(name);
  if (bindings == nullptr || !name.starts_with(shape_.head) || !name.ends_with(shape_.tail)) return false;
  return shape_.given ? matches_given(name, *bindings) : bound_for(*bindings)->matches(name);
}

std::shared_ptr<const BoundPattern> CachedPattern::bound_for(const Bindings& bindings) const {
  std::string key;
  for (Token token : bound_tokens_) {
    const std::string& value = bindings.values[static_cast<size_t>(token)];
    key += std::to_string(value.size()) + ':' + value;
  }
  {
    std::shared_lock lock(mutex_);
    if (const auto found = made_.find(key); found != made_.end()) return found->second;
  }
  auto made = std::make_shared<const BoundPattern>(pattern_, fold_, &bindings, std::vector<std::string_view>());
  std::unique_lock lock(mutex_);
  if (made_.size() >= kMostCached) made_.clear();
  made_[key] = made;
  return made;
}

// Given values come and go, so this is compiled for the question, from those values only that occur in the name.
bool CachedPattern::matches_given(std::string_view name, const Bindings& bindings) const {
  std::vector<std::string_view> occurring;
  for (const Given& given : bindings.given) {
    if (given.carrier != carrier_ || given.value.empty()) continue;
    const bool occurs = name.find(fold_ ? folded(given.value) : std::string(given.value)) != std::string_view::npos;
    if (occurs && std::find(occurring.begin(), occurring.end(), given.value) == occurring.end())
      occurring.push_back(given.value);
  }
  return !occurring.empty() && BoundPattern(pattern_, fold_, &bindings, occurring).matches(name);
}

Rule::Rule(const CompiledRule& rule, size_t place)
    : rule_(&rule), place_(place), carrier_(rule.carrier == "argv" ? argv_from(rule.to) : rule.carrier),
      object_(rule.object, rule.fold, carrier_) {
  for (const Pattern& arg : rule.args) args_.push_back(std::make_unique<CachedPattern>(arg, false, carrier_));
  const auto count = [this](const PatternShape& shape) {
    characters_ += shape.characters;
    widths_.insert(widths_.end(), shape.widths.begin(), shape.widths.end());
  };
  count(object_.shape());
  for (const auto& arg : args_) count(arg->shape());
  std::sort(widths_.begin(), widths_.end(), std::greater<>());
}

bool Rule::more_specific(const Rule& other) const {
  if (characters_ != other.characters_) return characters_ > other.characters_;
  if (widths_ != other.widths_)
    return std::lexicographical_compare(widths_.begin(), widths_.end(), other.widths_.begin(), other.widths_.end());
  if (rule_->allow != other.rule_->allow) return !rule_->allow;
  return place_ < other.place_;
}

bool Rule::owner_matches(const Question& asked) const {
  if (asked.to.empty()) return true;
  if (rule_->to != asked.to) return false;
  if (rule_->to_image.empty()) return true;
  if (asked.to_image.empty()) return !rule_->allow;
  return same_image(rule_->to_image, asked.to_image, rule_->fold);
}

bool Rule::args_match(const Question& asked) const {
  if (!rule_->has_args) return true;
  if (asked.argv == nullptr) return !rule_->allow;
  if (asked.argv->size() != args_.size()) return false;
  for (size_t at = 0; at < args_.size(); at++)
    if (!args_[at]->matches((*asked.argv)[at], asked.bindings)) return false;
  return true;
}

// A refusal needs no carrier; where a `{given}` says what has to have come, matching it was the test.
bool Rule::was_handed(const Question& asked) const {
  if (carrier_.empty() || !rule_->allow || object_.shape().given) return true;
  for (const auto& arg : args_)
    if (arg->shape().given) return true;
  if (asked.bindings == nullptr) return false;
  const auto& given = asked.bindings->given;
  return std::any_of(given.begin(), given.end(), [&](const Given& one) { return one.carrier == carrier_ && one.value == asked.object; });
}

bool Rule::admits(const Question& asked, bool open) const {
  const CompiledRule& rule = *rule_;
  if (!open && !owner_matches(asked)) return false;
  if (rule.access != 0 && asked.access != 0) {
    if (rule.allow ? (asked.access & ~rule.access) != 0 : (asked.access & rule.access) == 0) return false;
  }
  if (rule.startup_only && !asked.starting) return false;
  if (!was_handed(asked)) return false;
  if (!rule.operation.empty() && rule.operation != asked.operation) return false;
  if (!rule.message.empty() && rule.message != asked.message) return false;
  if (!rule.title.empty() && rule.title != asked.title) return false;
  if (!rule.from_image.empty() && !asked.from_image.empty() && !same_image(rule.from_image, asked.from_image, rule.fold))
    return false;
  return args_match(asked);
}

}  // namespace shuttle
