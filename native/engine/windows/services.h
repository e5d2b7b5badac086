#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& services();

}  // namespace shuttle
