#include "pattern.h"

#include <algorithm>

#include "automaton.h"

namespace shuttle {

bool is_bound(Token token) { return token < Token::kGiven; }
bool is_lasting(Token token) { return token >= Token::kUid && token < Token::kGiven; }

namespace {

// Narrower tokens have the smaller number (design, section 7): bound, given, guid, hex:8, date, time, uint, hex, word,
// name, rest.
uint8_t width_of(const PatternPart& part) {
  switch (part.token) {
    case Token::kGiven: return 1;
    case Token::kGuid: return 2;
    case Token::kHex: return part.width > 0 ? 3 : 7;
    case Token::kDate: return 4;
    case Token::kTime: return 5;
    case Token::kUint: return 6;
    case Token::kWord: return 8;
    case Token::kName: return 9;
    case Token::kRest: return 10;
    default: return 0;
  }
}

size_t characters_in(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// The values `{given}` may stand for here. Only what occurs in the name can matter, but the name is not known yet, so
// the caller passes what occurs; still the number is bounded, since the values were chosen by others.
constexpr size_t kMostGiven = 256, kMostGivenBytes = 16384;

std::vector<std::string> usable(const std::vector<std::string_view>& given, bool fold) {
  std::vector<std::string> values;
  size_t bytes = 0;
  for (std::string_view value : given) {
    if (value.empty()) continue;
    if (values.size() == kMostGiven || (bytes += value.size()) > kMostGivenBytes) break;
    values.push_back(fold ? folded(value) : std::string(value));
  }
  return values;
}

// A part as the automaton needs it: literal text, or a token that is still open.
struct OpenPart {
  bool literal;
  std::string text;
  const PatternPart* token;
};

void add_literal(std::vector<OpenPart>& parts, std::string_view text) {
  if (text.empty()) return;
  if (parts.empty() || !parts.back().literal) parts.push_back({true, {}, nullptr});
  parts.back().text += text;
}

// Replaces bound tokens by their values; false where one has none.
bool bind(const Pattern& pattern, bool fold, const Bindings* bindings, std::vector<OpenPart>& parts) {
  for (const PatternPart& part : pattern) {
    if (!part.literal && !is_bound(part.token)) {
      parts.push_back({false, {}, &part});
      continue;
    }
    if (!part.literal && bindings == nullptr) return false;
    const std::string& text = part.literal ? part.text : bindings->values[static_cast<size_t>(part.token)];
    if (!part.literal && text.empty()) return false;
    add_literal(parts, fold ? folded(text) : text);
  }
  return true;
}

}  // namespace

std::optional<std::string> settled_name(const Pattern& pattern, bool fold, const Bindings& bindings) {
  std::vector<OpenPart> parts;
  if (!bind(pattern, fold, &bindings, parts)) return std::nullopt;
  return parts.empty() ? std::string() : parts[0].text;
}

BoundPattern::BoundPattern(const Pattern& pattern, bool fold, const Bindings* bindings,
                           const std::vector<std::string_view>& given) {
  std::vector<OpenPart> parts;
  possible_ = bind(pattern, fold, bindings, parts);
  if (!possible_) return;
  size_t first = 0, end = parts.size();
  if (end > 0 && parts[0].literal) head_ = parts[first++].text;
  exact_ = first == end;
  if (exact_) return;
  if (parts[end - 1].literal) tail_ = parts[--end].text;
  anything_ = end - first == 1 && parts[first].token->token == Token::kRest;

  const std::vector<std::string> values = usable(given, fold);
  AutomatonBuilder builder;
  for (size_t at = first; at < end; at++) {
    const OpenPart& part = parts[at];
    if (part.literal) {
      builder.literal(part.text);
    } else if (part.token->token == Token::kGiven) {
      possible_ = possible_ && !values.empty();
      builder.any_of(values);
    } else {
      builder.token(part.token->token, part.token->width);
    }
  }
  least_ = builder.least();
  middle_ = builder.build();
}

bool BoundPattern::matches(std::string_view name, uint64_t* steps) const {
  if (!possible_) return false;
  if (exact_) return name == head_;
  if (name.size() < head_.size() + least_ + tail_.size()) return false;
  if (!name.starts_with(head_) || !name.ends_with(tail_)) return false;
  if (anything_) return true;
  name.remove_prefix(head_.size());
  name.remove_suffix(tail_.size());
  return middle_.matches(name, steps);
}

PatternShape::PatternShape(const Pattern& pattern, bool fold) {
  const auto text_of = [&](const PatternPart& part) { return fold ? folded(part.text) : part.text; };
  size_t first_token = pattern.size(), last_token = 0;
  bool open = false;
  for (size_t at = 0; at < pattern.size(); at++) {
    const PatternPart& part = pattern[at];
    if (part.literal) {
      characters += characters_in(part.text);
      continue;
    }
    literal = false;
    bound = bound || is_bound(part.token);
    open = open || !is_lasting(part.token);
    given = given || part.token == Token::kGiven;
    widths.push_back(width_of(part));
    first_token = std::min(first_token, at);
    last_token = at;
  }
  settles = !literal && !open;
  std::sort(widths.begin(), widths.end(), std::greater<>());
  for (size_t at = 0; at < first_token; at++) head += text_of(pattern[at]);
  if (!literal)
    for (size_t at = last_token + 1; at < pattern.size(); at++) tail += text_of(pattern[at]);
}

}  // namespace shuttle
