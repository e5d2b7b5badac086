#pragma once
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <string_view>

#include "../../contract/words.h"
#include "../../reader/gate.h"
#include "names.h"

// What an open asks for, read off its flags.
namespace shuttle {

// Any of these bits says that something may be changed: what the filter looks for in the register.
inline constexpr uint32_t kChangingFlags = gate::kChangingFlags;

inline bool changes(int flags) { return flags & static_cast<int>(kChangingFlags); }

inline uint32_t access_of(int flags) {
  const int mode = flags & O_ACCMODE;
  uint32_t access = mode == O_RDONLY ? kAccessRead : mode == O_WRONLY ? kAccessWrite : kAccessRead | kAccessWrite;
  if (flags & O_TRUNC) access |= kAccessWrite;
  return access;
}

// The operation of opening a file that exists (`mode` not 0) or does not.
inline Op file_op(int flags, mode_t mode, std::string_view name) {
  if (changes(flags)) {
    const bool missing = mode == 0;
    if ((flags & O_CREAT) && missing) return Op::kFileCreate;
    // O_CREAT alone on a file that is there only reads it.
    if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC)) return Op::kFileWrite;
  }
  if (S_ISDIR(mode) || (flags & O_DIRECTORY)) return Op::kFileList;
  return is_library(name) ? Op::kLibraryLoad : Op::kFileRead;
}

}  // namespace shuttle
