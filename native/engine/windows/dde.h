#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& dde();

}  // namespace shuttle
