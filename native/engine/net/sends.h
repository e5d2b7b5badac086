#pragma once
#include "../trap.h"

namespace shuttle {

// sendto (trapped with an address only), sendmsg and sendmmsg. What names nobody outside is continued until a socket of
// another network may be inside; from then on every one of them is made here, on the engine's copies, since both the
// descriptor and the address could be given another meaning after the look.
Answer on_sendto(const Trap& trap);
Answer on_sendmsg(const Trap& trap);
Answer on_sendmmsg(const Trap& trap);

}  // namespace shuttle
