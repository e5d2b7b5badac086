#pragma once
#include "holders.h"

// What of the host a program only looks at while learning: the mounts answer, but it has to be there when rules decide.
// Each name is recorded once for each VM.
namespace shuttle {

// A file, folder or link that was asked about and not opened.
void note_looked(const Trap& trap, const Spot& here);

// A file or folder of the host that was asked about and is not shown: kept from the VM (`hidden`), or by no rule's leave
// where that is recorded, which is in VMs that refuse what they learn, and under audit.
void note_missed(const Trap& trap, const Holder& host);

// The links that lead from the name that was asked for to the one that was found. A rule shows the latter alone.
void note_links(const Trap& trap, const std::string& asked, const Spot& found, bool last);

}  // namespace shuttle
