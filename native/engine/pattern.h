// Patterns: literal text with typed tokens between (design, section 7), matched against names that are hostile bytes.
//
// Names and patterns are compared as bytes. `{word}` alone looks at characters: ASCII letters and digits, `_`, and the
// Unicode letters of well-formed UTF-8. Where a rule folds, both sides are folded first: every well-formed BMP code
// point is replaced by its simple upper case if lower-casing that leads back (NT's table: ü and Ü are one, µ and Μ are
// not); bytes that are not well-formed UTF-8 stay what they are and equal only themselves.
//
// A pattern becomes an automaton whose states are bits of a few words; each byte of the name costs one pass over those
// words, so matching takes time linear in the name whatever the pattern is and whoever chose the name.
#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decide.h"

namespace shuttle {

// Simple upper-casing as Windows object names are compared. Never fails; any bytes may come.
std::string folded(std::string_view name);
// The length of the well-formed UTF-8 character at the head of `text`, or 0; `code` is set if there is one.
size_t utf8_head(std::string_view text, uint32_t& code);
bool is_letter(uint32_t code);

// Names end up in sets of bits: one per byte value, and one more per byte of a non-ASCII letter.
inline constexpr size_t kSymbols = 256 + 128;
using Symbols = std::bitset<kSymbols>;

// A nondeterministic automaton in one line of nodes. Node n+1 is entered from n by one of `enter[n+1]`, and kept by one
// of `loop[n]`; leaps lead forward without reading, ordered by where they start.
class Automaton {
 public:
  bool matches(std::string_view text, uint64_t* steps) const;

 private:
  friend class AutomatonBuilder;
  struct Leap {
    uint32_t from, to;
  };
  void leap(uint64_t* state) const;
  size_t symbol_at(std::string_view text, size_t at, size_t& letter_left) const;

  size_t words_ = 1;
  uint32_t last_ = 0;
  bool letters_ = false;
  std::vector<Leap> leaps_;
  std::vector<uint64_t> leap_sources_, start_;
  std::array<uint16_t, kSymbols> column_{};  // which column of the two tables a symbol reads
  std::vector<uint64_t> enter_, loop_;       // columns of `words_` words
};

// A pattern whose bound tokens have been replaced by values.
class BoundPattern {
 public:
  // `bindings` may be null where the pattern has no bound token. A token without a value makes a pattern that matches
  // nothing. `given` holds the values that `{given}` may stand for. Values are folded here if `fold` is set.
  BoundPattern(const Pattern& pattern, bool fold, const Bindings* bindings, const std::vector<std::string_view>& given);

  // `name` must already be folded where the pattern folds. `steps`, where not null, counts the words worked through.
  bool matches(std::string_view name, uint64_t* steps = nullptr) const;

 private:
  bool possible_ = true, exact_ = false, anything_ = false;
  std::string head_, tail_;
  size_t least_ = 0;  // bytes between head and tail at least
  Automaton middle_;
};

// What is known of a pattern before any value is bound.
struct PatternShape {
  explicit PatternShape(const Pattern& pattern, bool fold);
  bool literal = true;          // no token at all
  bool bound = false;           // has a token that stands for the caller's own value
  bool given = false;           // has `{given}`
  bool settles = false;         // its tokens are values that a VM has for its whole life, so that it is literal there
  std::string head, tail;       // literal text at both ends, folded where the rule folds; all of it is in `head` if literal
  size_t characters = 0;        // of literal text
  std::vector<uint8_t> widths;  // of its tokens, the widest first
};

bool is_bound(Token token);
// A value that a VM has for its whole life; process ids are not.
bool is_lasting(Token token);

// The one name that a pattern without open tokens stands for under these values, or nothing where one is missing.
std::optional<std::string> settled_name(const Pattern& pattern, bool fold, const Bindings& bindings);

}  // namespace shuttle
