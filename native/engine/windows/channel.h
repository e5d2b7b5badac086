#pragma once
#include <string>

#include "../fd.h"

namespace shuttle {

struct Channel {
  Fd one, other;
};

// What joins two docks: packets, each with its border.
Channel make_channel();

// A name that is not to be guessed or met by chance: `prefix`, `shuttle-`, and random digits. Empty where there are none.
std::string private_name(const std::string& prefix);

// `\\.\kind\name` as NT opens it: `\??\kind\name`.
std::string as_nt(const std::string& name);

}  // namespace shuttle
