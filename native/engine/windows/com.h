#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& com();

}  // namespace shuttle
