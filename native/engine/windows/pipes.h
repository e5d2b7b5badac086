#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& pipes();

}  // namespace shuttle
