#include "automaton.h"

#include <algorithm>
#include <bit>
#include <map>

namespace shuttle {

namespace {

Symbols byte(unsigned char value) {
  Symbols symbols;
  symbols.set(value);
  if (value >= 0x80) symbols.set(value + 0x80u);  // the same byte as part of a letter
  return symbols;
}

Symbols range(char first, char last) {
  Symbols symbols;
  for (int c = first; c <= last; c++) symbols.set(static_cast<size_t>(c));
  return symbols;
}

const Symbols kDigit = range('0', '9');
const Symbols kHexDigit = kDigit | range('a', 'f') | range('A', 'F');
const Symbols kAny = ~Symbols();
const Symbols kNoSeparator = kAny & ~byte('\\') & ~byte('/') & ~byte(':');

Symbols within_letter() {
  Symbols symbols;
  for (size_t at = 0x80 + 0x80; at < 0xc0 + 0x80; at++) symbols.set(at);
  return symbols;
}

const Symbols kWithinLetter = within_letter();

Symbols word_symbols() {
  Symbols symbols = kDigit | range('a', 'z') | range('A', 'Z') | byte('_');
  for (size_t at = 256; at < kSymbols; at++) symbols.set(at);
  return symbols;
}

void set_bit(uint64_t* words, uint32_t bit) { words[bit / 64] |= uint64_t{1} << (bit % 64); }
bool has_bit(const uint64_t* words, uint32_t bit) { return (words[bit / 64] >> (bit % 64)) & 1; }

}  // namespace

void AutomatonBuilder::advance(const Symbols& symbols) {
  enter_.push_back(symbols);
  loop_.emplace_back();
  node_++;
  least_++;
}

void AutomatonBuilder::times(size_t count, const Symbols& symbols) {
  for (size_t at = 0; at < count; at++) advance(symbols);
}

// A token begins with a whole letter, never amid the bytes of one: `{word}{word}` is two letters at least.
void AutomatonBuilder::some(const Symbols& symbols) {
  advance(symbols & ~kWithinLetter);
  loop_[node_] |= symbols;
}

void AutomatonBuilder::literal(std::string_view text) {
  for (char c : text) advance(byte(static_cast<unsigned char>(c)));
}

// A node that nothing enters by reading: only leaps lead there.
void AutomatonBuilder::fork() {
  enter_.emplace_back();
  loop_.emplace_back();
  node_++;
}

void AutomatonBuilder::branch(const std::vector<Branch>& branches) {
  const uint32_t from = node_;
  const size_t before = least_;
  size_t least = SIZE_MAX;
  std::vector<uint32_t> ends;
  for (const Branch& one : branches) {
    fork();
    leaps_.push_back({from, node_});
    least_ = 0;
    one();
    least = std::min(least, least_);
    ends.push_back(node_);
  }
  fork();
  for (uint32_t end : ends) leaps_.push_back({end, node_});
  least_ = before + (branches.empty() ? 0 : least);
}

void AutomatonBuilder::any_of(const std::vector<std::string>& values) {
  std::vector<Branch> branches;
  for (const std::string& value : values) branches.push_back([this, &value] { literal(value); });
  branch(branches);
}

// Two digits between bounds, as triples: first digit, then the least and the greatest second digit.
void AutomatonBuilder::two_digits(std::string_view ranges) {
  std::vector<Branch> branches;
  for (size_t at = 0; at < ranges.size(); at += 3) {
    branches.push_back([this, ranges, at] {
      advance(byte(static_cast<unsigned char>(ranges[at])));
      advance(range(ranges[at + 1], ranges[at + 2]));
    });
  }
  branch(branches);
}

void AutomatonBuilder::date(std::string_view separator) {
  times(4, kDigit);
  literal(separator);
  two_digits("019102");  // 01-12
  literal(separator);
  two_digits("019109209301");  // 01-31
}

void AutomatonBuilder::time(std::string_view separator) {
  two_digits("009109203");  // 00-23
  literal(separator);
  advance(range('0', '5'));
  advance(kDigit);
  literal(separator);
  advance(range('0', '5'));
  advance(kDigit);
}

void AutomatonBuilder::token(Token token, uint32_t width) {
  switch (token) {
    case Token::kUint: return some(kDigit);
    case Token::kHex: return width > 0 ? times(width, kHexDigit) : some(kHexDigit);
    case Token::kWord: letters_ = true; return some(word_symbols());
    case Token::kName: return some(kNoSeparator);
    case Token::kRest: loop_[node_] |= kAny; return;
    case Token::kDate: return branch({[this] { date(""); }, [this] { date("-"); }, [this] { date("_"); }});
    case Token::kTime: return branch({[this] { time(""); }, [this] { time("-"); }, [this] { time(":"); }});
    case Token::kGuid:
      for (size_t digits : {8, 4, 4, 4, 12}) {
        if (digits != 8) literal("-");
        times(digits, kHexDigit);
      }
      return;
    default: return branch({});  // bound tokens have been replaced; one that was not leads nowhere
  }
}

Automaton AutomatonBuilder::build() const {
  Automaton made;
  const size_t words = node_ / 64 + 1;
  made.words_ = words;
  made.last_ = node_;
  made.letters_ = letters_;
  made.leaps_ = leaps_;
  std::stable_sort(made.leaps_.begin(), made.leaps_.end(), [](auto& a, auto& b) { return a.from < b.from; });
  made.leap_sources_.assign(words, 0);
  for (const auto& leap : made.leaps_) set_bit(made.leap_sources_.data(), leap.from);
  made.start_.assign(words, 0);
  set_bit(made.start_.data(), 0);
  made.leap(made.start_.data());

  // Most symbols behave alike: equal columns are kept once.
  std::map<std::vector<uint64_t>, uint16_t> columns;
  for (size_t symbol = 0; symbol < kSymbols; symbol++) {
    std::vector<uint64_t> column(words * 2, 0);
    for (uint32_t node = 0; node <= node_; node++) {
      if (enter_[node][symbol]) set_bit(column.data(), node);
      if (loop_[node][symbol]) set_bit(column.data() + words, node);
    }
    const auto [place, fresh] = columns.try_emplace(column, static_cast<uint16_t>(columns.size()));
    made.column_[symbol] = place->second;
    if (!fresh) continue;
    made.enter_.insert(made.enter_.end(), column.begin(), column.begin() + static_cast<ptrdiff_t>(words));
    made.loop_.insert(made.loop_.end(), column.begin() + static_cast<ptrdiff_t>(words), column.end());
  }
  return made;
}

void Automaton::leap(uint64_t* state) const {
  for (const Leap& one : leaps_)
    if (has_bit(state, one.from)) set_bit(state, one.to);
}

size_t Automaton::symbol_at(std::string_view text, size_t at, size_t& letter_left) const {
  const auto value = static_cast<unsigned char>(text[at]);
  if (value < 0x80 || !letters_) return value;
  if (letter_left == 0) {
    uint32_t code = 0;
    const size_t length = utf8_head(text.substr(at), code);
    if (length > 0 && is_letter(code)) letter_left = length;
  }
  if (letter_left == 0) return value;
  letter_left--;
  return value + 0x80u;
}

bool Automaton::matches(std::string_view text, uint64_t* steps) const {
  std::vector<uint64_t> many;
  uint64_t one[2] = {start_.empty() ? 0 : start_[0], 0};
  uint64_t* state = one;
  if (words_ > 1) {
    many = start_;
    state = many.data();
  }
  size_t letter_left = 0;
  uint64_t worked = 0;
  bool alive = true;
  for (size_t at = 0; at < text.size() && alive; at++) {
    const size_t column = column_[symbol_at(text, at, letter_left)] * words_;
    uint64_t carry = 0, living = 0, leaping = 0;
    for (size_t word = 0; word < words_; word++) {
      const uint64_t now = state[word];
      state[word] = (((now << 1) | carry) & enter_[column + word]) | (now & loop_[column + word]);
      carry = now >> 63;
      living |= state[word];
      leaping |= state[word] & leap_sources_[word];
    }
    worked += words_;
    if (leaping != 0) {
      leap(state);
      worked += leaps_.size();
    }
    alive = living != 0;
  }
  if (steps != nullptr) *steps += worked;
  return alive && has_bit(state, last_);
}

}  // namespace shuttle
