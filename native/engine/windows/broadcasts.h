#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& broadcasts();

}  // namespace shuttle
