#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& windows();

}  // namespace shuttle
