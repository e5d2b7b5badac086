#include "trap.h"

#include "engine.h"
#include "vm.h"

namespace shuttle {

const std::shared_ptr<const Caller>& Trap::shared_caller() const {
  if (!caller_) caller_ = vm.callers().of(notice.tid, began_ns_);
  return caller_;
}

Trap Trap::with(const Notice& unpacked) const {
  Trap other(vm, unpacked, began_ns_);
  other.caller_ = caller_;
  return other;
}

std::optional<std::string> Trap::text(uint64_t address, size_t limit) const {
  std::string out;
  if (!read_text(notice.tid, address, out, limit)) return std::nullopt;
  return out;
}

Fd Trap::descriptor(int number) const {
  return descriptor_of(caller(), number);
}

bool Trap::valid() const { return vm.notifier().valid(notice.id); }

uint64_t Trap::record(Row row) const {
  row.vm = vm.name();
  row.pid = caller().pid;
  row.tid = caller().tid;
  if (!vm.windows()) row.image = caller().image;
  row.latency_ns = vm.engine.record->now_ns() - began_ns_;
  return vm.engine.record->record(row);
}

void Trap::answer(const Answer& answer) const { vm.notifier().respond(notice.id, answer); }

}  // namespace shuttle
