#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../trap.h"

namespace shuttle {

// What a call does to a name, as far as the engine can do it in the program's place.
enum class Deed : uint8_t { kMakeFolder, kRemoveFolder, kRemove, kRename, kTruncate, kMode, kOther };

// Where a call has a name, and what it does to it.
struct NamedPart {
  int8_t dirfd = -1;  // index of the argument; -1: the caller's folder
  int8_t name = -1;   // -1: no such part
  Op op = Op::kFileWrite;
  bool follows = false;  // a link at the end, unless a flag says otherwise
};

// One system call that changes a folder or a file's properties.
struct ChangeCall {
  int nr, nr_i386;
  Deed deed;
  std::array<NamedPart, 2> parts;
  int8_t flags = -1;    // index of the argument with AT_* flags
  int8_t mode = -1;     // of a mode
};

const std::vector<ChangeCall>& change_calls();

}  // namespace shuttle
