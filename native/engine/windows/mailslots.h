#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& mailslots();

}  // namespace shuttle
