#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace shuttle {

// The words of a Windows command line, as C programs take them apart: quotes, and backslashes before them.
std::vector<std::string> arguments_of(std::string_view line);

}  // namespace shuttle
