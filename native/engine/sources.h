#pragma once
#include <string>
#include <vector>

#include "../init/wire.h"
#include "fd.h"
#include "init_client.h"

namespace shuttle {

// The host's paths a VM is to be shown, as mounts that a privileged parent prepared: init, which is nobody on the host,
// could not reach them, or not as their owner.
struct Sources {
  std::vector<wire::Source> paths;
  std::vector<Fd> trees;  // one for each path
};

// What becomes of them where Shuttle is root. `shift` shows each as the VM user's own, whoever's it is (an id-mapped
// mount; where a file system cannot do it, as it is). Empty where Shuttle is not root, or the kernel refuses: then init uses paths.
Sources prepare_sources(const std::vector<MountStep>& steps, bool shift, uid_t uid, gid_t gid, const std::string& init);

}  // namespace shuttle
