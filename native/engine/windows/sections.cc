// Sections across Windows VMs: the owner's agent backed each with a sealed memory file from its creation; its dock finds
// the file behind the name, and the asker's agent maps the same memory. Nothing of ours stands between them afterwards.
#include "sections.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "../../windows/ops.h"
#include "../vm.h"
#include "desk.h"
#include "dock.h"

namespace shuttle {

namespace {

constexpr int32_t kNotFound = static_cast<int32_t>(0xC0000034);

// Memory that whoever sent it can neither cut short under another's hands nor make into something else. A descriptor of
// any other sort is never passed on: it might be a socket, a folder, a file of somebody's.
bool is_sealed_memory(const Fd& file) {
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  struct stat about;
  if (!file || fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) return false;
  const int seals = fcntl(file.get(), F_GET_SEALS);
  const int mode = fcntl(file.get(), F_GETFL) & O_ACCMODE;
  return seals == kSeals && mode == O_RDWR;
}

class Sections final : public Carrier {
 public:
  Op served() const override { return Op::kMemoryCreate; }
  std::vector<Op> asked() const override { return {Op::kMemoryOpen, Op::kMemoryCreate}; }

  Carried carry(const Asking& asking, Vm& owner, const Ruling&) override {
    auto opened = owner.agents->dock().order({.what = SH_OPEN, .op = OP_MEMORY_OPEN, .name = asking.object});
    if (!opened || opened->status == kNotFound) return {.absent = true};
    if (opened->status != 0 || !is_sealed_memory(opened->descriptor))
      return {.told = {.verdict = SH_BLOCKED}, .status = kNotFound, .kept = true, .detail = "{\"reason\":\"not plain memory\"}"};
    struct stat about;
    fstat(opened->descriptor.get(), &about);
    Carried carried{.told = {.verdict = SH_DESCRIPTOR, .descriptor = std::move(opened->descriptor)}};
    carried.detail = "{\"bytes\":" + std::to_string(about.st_size) + "}";
    return carried;
  }
};

}  // namespace

Carrier& sections() {
  static Sections kind;
  return kind;
}

}  // namespace shuttle
