#pragma once
#include <stddef.h>

namespace shuttle {

inline constexpr char kBaseFolders[][8] = {"/usr/", "/lib/", "/lib64/", "/bin/", "/sbin/"};

// Whether a path lies in the base system by its text alone, which no VM with the reader shows anything else in. Reading
// there leaves no row. Touches nothing beyond the path's end.
inline bool is_base_path(const char* path) {
  const auto skip = [&](const char* folder) -> const char* {
    const char* at = path;
    while (*folder && *at == *folder) at++, folder++;
    return *folder ? nullptr : at;
  };
  const char* at = nullptr;
  for (const auto& folder : kBaseFolders)
    if ((at = skip(folder))) break;
  if (!at) return false;
  // `..` may go up, but never out of the folder.
  for (size_t depth = 0; *at;) {
    const char* part = at;
    while (*at && *at != '/') at++;
    const size_t size = static_cast<size_t>(at - part);
    if (size == 2 && part[0] == '.' && part[1] == '.') {
      if (depth-- == 0) return false;
    } else if (size > 1 || (size == 1 && part[0] != '.')) {
      depth++;
    }
    while (*at == '/') at++;
  }
  return true;
}

}  // namespace shuttle
