#include "exporters.h"

#include <atomic>

#include "../vm.h"
#include "desk.h"

namespace shuttle {

namespace {

constexpr size_t kMostAdmitted = 4096;
std::atomic<uint32_t> next_number{1};

}  // namespace

Exporters::Exporters() : number_(next_number++) {}

void Exporters::admit(uint32_t vm, uint32_t process, std::string_view class_id) {
  const auto far = far_exporter(vm, Exporter{process} << 32);
  std::lock_guard lock(mutex_);
  if (!far || admitted_.size() >= kMostAdmitted) return;
  admitted_[process_of(*far)] = class_id;
}

void Exporters::withdraw(uint32_t vm, uint32_t process) {
  const auto far = far_exporter(vm, Exporter{process} << 32);
  std::lock_guard lock(mutex_);
  if (far) admitted_.erase(process_of(*far));
}

std::optional<std::string> Exporters::admitted(Exporter far) const {
  std::lock_guard lock(mutex_);
  const auto found = admitted_.find(process_of(far));
  return found == admitted_.end() ? std::nullopt : std::optional(found->second);
}

void admit_both(Vm& asker, uint32_t asking_process, Vm& owner, uint32_t owning_process, const std::string& class_id) {
  asker.agents->exporters().admit(owner.agents->exporters().number(), owning_process, class_id);
  owner.agents->exporters().admit(asker.agents->exporters().number(), asking_process, class_id);
}

Exporter turned(Exporter exporter, Vm& teller, Vm& hearer) {
  if (is_far(exporter)) return belongs_to(exporter, hearer.agents->exporters().number()) ? local_exporter(exporter) : exporter;
  const auto far = far_exporter(teller.agents->exporters().number(), exporter);
  if (!far) return exporter;
  if (hearer.agents->exporters().admitted(*far)) hearer.agents->board().show(exporter_pipe(*far));
  return *far;
}

}  // namespace shuttle
