#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace shuttle {

// The texts that bytes may be: UTF-8, UTF-16 wherever it begins, and what JSON's, C's and URLs' escapes stand for.
std::vector<std::string> readings_of(std::string_view bytes);

// A text with one kind of slash and without the prefixes that devices, shares and URLs put before a path.
std::string plain_text(std::string_view text, bool fold);

// Whether the text has the path `name`, in any way that programs write it. `text` is plain.
bool tells_path(std::string_view text, std::string_view name, bool fold);

}  // namespace shuttle
