#include "handed.h"

#include <algorithm>
#include <utility>

#include "characters.h"

namespace shuttle {

namespace {

// What a hostile sender can make us keep, and search, for one carrier.
constexpr size_t kMostBytes = 262144, kMostStreams = 256, kShortestPiece = 3;

// A piece within neither a longer word nor, for a number, a longer number.
bool has_piece(std::string_view text, std::string_view piece) {
  const bool number = std::all_of(piece.begin(), piece.end(), is_digit);
  const auto touches = [number](char c) { return number ? is_digit(c) : is_alnum(c); };
  for (size_t at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1)) {
    const size_t end = at + piece.size();
    if ((at == 0 || !touches(text[at - 1])) && (end == text.size() || !touches(text[end]))) return true;
  }
  return false;
}

size_t guid_at(std::string_view text, size_t at) {
  constexpr size_t widths[] = {8, 4, 4, 4, 12};
  size_t end = at;
  for (size_t group = 0; group < 5; group++) {
    if (group > 0 && (end >= text.size() || text[end++] != '-')) return 0;
    if (!all(text, end, widths[group], is_hex)) return 0;
    end += widths[group];
  }
  return end == text.size() || !is_alnum(text[end]) ? end - at : 0;
}

// Guids, words, and the numbers within words: what analyzer/handed/pieces.ts cuts as well.
std::vector<std::string_view> pieces_of(std::string_view name) {
  std::vector<std::string_view> pieces;
  const auto take = [&](std::string_view piece) {
    if (piece.size() >= kShortestPiece) pieces.push_back(piece);
  };
  for (size_t at = 0; at < name.size();) {
    if (!is_alnum(name[at])) {
      at++;
      continue;
    }
    size_t end = at + guid_at(name, at);
    const bool guid = end > at;
    while (!guid && end < name.size() && is_alnum(name[end])) end++;
    const std::string_view piece = name.substr(at, end - at);
    take(piece);
    // `conn1234`, `1234th`: not the digits that happen to stand in hex.
    const size_t first = piece.find_first_of("0123456789"), last = piece.find_last_of("0123456789");
    const bool whole = first == 0 && last + 1 == piece.size();
    if (!guid && first != std::string_view::npos && !whole && (first == 0 || last + 1 == piece.size()) && all(piece, first, last - first + 1, is_digit))
      take(piece.substr(first, last - first + 1));
    at = end;
  }
  return pieces;
}

}  // namespace

void Handed::hear(const std::string& carrier, uint64_t stream, std::string_view bytes) {
  std::lock_guard lock(mutex_);
  auto& streams = carriers_[carrier];
  auto found = std::find_if(streams.begin(), streams.end(), [&](const Stream& one) { return one.id == stream; });
  if (found == streams.end()) found = streams.insert(streams.end(), {stream, {}, {}});
  found->bytes += bytes;
  found->messages.append("\n\n").append(bytes);  // two bytes, so that UTF-16 goes on at the same ones
  for (std::string* kept : {&found->bytes, &found->messages})
    if (kept->size() > kMostBytes) kept->erase(0, kept->size() - kMostBytes / 2);
  size_t kept = 0;
  for (const Stream& one : streams) kept += one.bytes.size();
  while (streams.size() > 1 && (kept > kMostBytes || streams.size() > kMostStreams)) {
    if (streams.front().id == stream) std::rotate(streams.begin(), streams.begin() + 1, streams.end());
    kept -= streams.front().bytes.size();
    streams.pop_front();
  }
  heard_++;
}

const std::vector<Handed::Read>& Handed::read(bool fold) const {
  std::vector<std::pair<std::string_view, std::string>> heard;
  {
    std::lock_guard lock(mutex_);
    if (read_ == heard_) return known_;
    read_ = heard_;
    for (const auto& [carrier, streams] : carriers_)
      for (const Stream& stream : streams) heard.emplace_back(carrier, stream.bytes), heard.emplace_back(carrier, stream.messages);
  }
  known_.clear();
  for (const auto& [carrier, bytes] : heard) {
    if (known_.empty() || known_.back().carrier != carrier) known_.push_back({carrier, {}, {}});
    for (std::string& text : readings_of(bytes)) {
      known_.back().plain.push_back(plain_text(text, fold));
      known_.back().texts.push_back(std::move(text));
    }
  }
  return known_;
}

void Handed::fill(std::string_view name, bool fold, std::vector<Given>& given) const {
  std::lock_guard lock(reading_);
  const std::vector<std::string_view> pieces = pieces_of(name);
  for (const Read& one : read(fold)) {
    const auto has_it = [&](std::string_view piece) {
      return std::any_of(one.texts.begin(), one.texts.end(), [&](const std::string& text) { return has_piece(text, piece); });
    };
    for (std::string_view piece : pieces)
      if (has_it(piece)) given.push_back({one.carrier, piece});
    if (std::any_of(one.plain.begin(), one.plain.end(), [&](const std::string& text) { return tells_path(text, name, fold); }))
      given.push_back({one.carrier, name});
  }
}

}  // namespace shuttle
