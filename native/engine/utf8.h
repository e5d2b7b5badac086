#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shuttle {

// Whether the bytes are UTF-8 without NUL, overlong forms or surrogates: what a column of text may hold.
bool is_text(std::string_view bytes);

// How a byte that is no text is written: `\xNN` in a name, `\\xNN` inside JSON (so that a parser gives back `\xNN`).
enum class Escape { kName, kJson };

// Names come from hostile programs and are arbitrary bytes. Gives text of at most `cap` bytes and a short mark: bytes that
// are no text are escaped, and what is cut off is counted at the end (`…+123`). The view is of `bytes` or of `scratch`.
std::string_view to_text(std::string_view bytes, size_t cap, std::string& scratch, Escape escape = Escape::kName);

// A character as its bytes. A surrogate by itself is written as it stands, which is no text.
void append_utf8(std::string& out, uint32_t code);

}  // namespace shuttle
