#pragma once
#include <string>
#include <string_view>

namespace shuttle {

// Whether the text is one JSON value (RFC 8259) of the given kind, `{` or `[`, nested no deeper than 64. Expects text as
// is_text has it.
bool is_json(std::string_view text, char opening);

// A JSON string for text, quotes and all.
void append_json_string(std::string& out, std::string_view text);

// What a column of JSON may hold of bytes that should be JSON and may be anything, in at most `cap` bytes. Bytes that are
// no text are escaped (`\\xNN`, so that a parser gives back `\xNN`). What is too long becomes
// {"cut":<bytes>,"head":"<its beginning>"}, what is no JSON of the kind {"text":"<it>"}; both in a list where a list
// was due. Empty stays empty.
std::string_view to_json(std::string_view bytes, char opening, size_t cap, std::string& scratch);

}  // namespace shuttle
