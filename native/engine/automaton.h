// Building the automaton of a pattern, token by token.
#pragma once
#include <functional>

#include "pattern.h"

namespace shuttle {

class AutomatonBuilder {
 public:
  void literal(std::string_view text);
  void token(Token token, uint32_t width);
  void any_of(const std::vector<std::string>& values);
  size_t least() const { return least_; }  // bytes that any match has at least
  Automaton build() const;

 private:
  using Branch = std::function<void()>;
  void advance(const Symbols& symbols);
  void times(size_t count, const Symbols& symbols);
  void some(const Symbols& symbols);
  void branch(const std::vector<Branch>& branches);
  void fork();
  void two_digits(std::string_view ranges);
  void date(std::string_view separator);
  void time(std::string_view separator);

  uint32_t node_ = 0;
  size_t least_ = 0;
  bool letters_ = false;
  std::vector<Symbols> enter_{1}, loop_{1};
  std::vector<Automaton::Leap> leaps_;
};

}  // namespace shuttle
