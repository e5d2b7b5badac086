#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& sections();

}  // namespace shuttle
