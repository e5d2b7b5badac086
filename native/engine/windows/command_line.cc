#include "command_line.h"

#include <algorithm>

namespace shuttle {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

// The first word is the program's name, in which a backslash is a backslash.
std::string take_program(std::string_view line, size_t& at) {
  const bool quoted = line.starts_with('"');
  at = quoted ? 1 : 0;
  const size_t begin = at;
  while (at < line.size() && (quoted ? line[at] != '"' : !is_space(line[at]))) at++;
  std::string word(line.substr(begin, at - begin));
  if (quoted && at < line.size()) at++;
  return word;
}

std::string take_word(std::string_view line, size_t& at) {
  std::string word;
  for (bool quoted = false; at < line.size() && (quoted || !is_space(line[at]));) {
    const size_t slashes = std::min(line.find_first_not_of('\\', at), line.size()) - at;
    at += slashes;
    const bool quote = at < line.size() && line[at] == '"';
    word.append(quote ? slashes / 2 : slashes, '\\');
    if (quote && slashes % 2) word += '"', at++;
    else if (quote && quoted && line.substr(at).starts_with("\"\"")) word += '"', at += 2;
    else if (quote) quoted = !quoted, at++;
    else if (!slashes) word += line[at++];
  }
  return word;
}

}  // namespace

std::vector<std::string> arguments_of(std::string_view line) {
  std::vector<std::string> words;
  size_t at = 0;
  if (line.empty()) return words;
  words.push_back(take_program(line, at));
  while (true) {
    while (at < line.size() && is_space(line[at])) at++;
    if (at >= line.size()) return words;
    words.push_back(take_word(line, at));
  }
}

}  // namespace shuttle
