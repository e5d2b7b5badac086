#pragma once
#include "carrier.h"

namespace shuttle {

Carrier& clipboard_reads();
Carrier& clipboard_writes();

}  // namespace shuttle
