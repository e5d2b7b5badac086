#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "../name_index.h"
#include "../vm.h"

// Names of files, without a look at any file. Everything here is a pure function.
namespace shuttle {

// Already canonical: absolute, no `.`, `..`, doubled or trailing slash.
bool is_canonical(std::string_view path);
// Makes an absolute path canonical in its text; `..` at the root stays there.
std::string canonical(std::string_view path);
std::string joined(std::string_view folder, std::string_view name);
// The path is the folder or lies in it.
bool is_below(std::string_view path, std::string_view folder);
std::string_view parent_of(std::string_view path);
std::string_view leaf_of(std::string_view path);

// A file of code to be loaded: *.so, *.so.1, *.dll.
bool is_library(std::string_view path);

// `C:\dir\file`, by the drive with the longest prefix; unchanged where no drive shows it. Case is kept.
std::string drive_name(std::string_view path, const std::vector<Drive>& drives);

// What a path inside a VM is; the longest prefix decides. A path that no zone covers is outside, and the host's own.
class ZoneMap {
 public:
  explicit ZoneMap(std::vector<ZonePath> zones);

  Zone of(std::string_view path) const { return entry(path).zone; }
  // The host's path that a path of the VM stands for.
  std::string on_host(std::string_view path) const;
  // The other way; where several show it, the most specific.
  std::string from_host(std::string_view host) const;

 private:
  const ZonePath& entry(std::string_view path) const;
  std::vector<ZonePath> zones_;
  ByText<size_t> by_path_;  // a VM has a hundred zones, and every open asks for the one it is in
  ZonePath elsewhere_{"", Zone::kOutside, ""};
};

}  // namespace shuttle
