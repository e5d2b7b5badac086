#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& starts();

}  // namespace shuttle
