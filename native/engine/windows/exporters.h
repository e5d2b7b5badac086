#pragma once
#include <map>
#include <mutex>
#include <string>

#include "objref.h"

namespace shuttle {

class Vm;

// Whose COM objects a VM may call: the processes of other VMs that served a class it was let activate, and those that
// activated one of its own, which may hand over objects to be called back. A process is the unit: what it serves, its own
// objects lead to.
class Exporters {
 public:
  Exporters();
  // By what the other VMs know this one.
  uint32_t number() const { return number_; }

  void admit(uint32_t vm, uint32_t process, std::string_view class_id);
  // The process is gone; another may get its number.
  void withdraw(uint32_t vm, uint32_t process);
  // The class on account of which a far exporter may be called; null where it may not.
  std::optional<std::string> admitted(Exporter far) const;

 private:
  const uint32_t number_;
  mutable std::mutex mutex_;
  std::map<uint32_t, std::string> admitted_;  // by the upper half of a far exporter
};

// Lets each of both ends of an activation call the other's objects.
void admit_both(Vm& asker, uint32_t asking_process, Vm& owner, uint32_t owning_process, const std::string& class_id);

// What an exporter that one VM tells another is there: of the teller's own a far one, whose pipe the other may then look for
// if it was let; of the other's own its own.
Exporter turned(Exporter exporter, Vm& teller, Vm& hearer);

}  // namespace shuttle
