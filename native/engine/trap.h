#pragma once
#include <memory>
#include <optional>
#include <string>

#include "caller.h"
#include "notify.h"
#include "row.h"

namespace shuttle {

class Vm;

// One trapped call on its way through a handler: who made it, its arguments, and what a handler may do about it.
// Cheap to make; what costs is looked up when first asked for. A worker that answers later keeps a copy, which looks up
// nothing any more.
class Trap {
 public:
  Trap(Vm& vm, const Notice& notice, int64_t began_ns) : vm(vm), notice(notice), began_ns_(began_ns) {}
  Trap(const Trap& other) : vm(other.vm), notice(other.notice), began_ns_(other.began_ns_), caller_(other.shared_caller()) {}

  Vm& vm;
  const Notice notice;

  const Caller& caller() const { return *shared_caller(); }
  const std::shared_ptr<const Caller>& shared_caller() const;

  // The same call with its arguments unpacked.
  Trap with(const Notice& unpacked) const;

  int arg_int(int index) const { return static_cast<int>(notice.args[index]); }
  bool read(uint64_t address, void* out, size_t size) const { return read_memory(notice.tid, address, out, size); }
  std::optional<std::string> text(uint64_t address, size_t limit = 4096) const;

  // The engine's own copy of the caller's descriptor (pidfd_getfd); empty when it has none of that number.
  Fd descriptor(int number) const;
  // Still the same call? To be asked after reading memory and before trusting what was read.
  bool valid() const;

  // Records a row about this call; vm, pid, tid, image and latency are filled in.
  uint64_t record(Row row) const;

  // For workers: answers a call whose handler said `later`.
  void answer(const Answer& answer) const;

 private:
  const int64_t began_ns_;
  mutable std::shared_ptr<const Caller> caller_;
};

using Handler = Answer (*)(const Trap& trap);

}  // namespace shuttle
