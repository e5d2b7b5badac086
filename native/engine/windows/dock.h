#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "../../windows/wire.h"
#include "../fd.h"

namespace shuttle {

class Vm;

// What a dock is told to do, and how it ended.
struct DockOrder {
  sh_order what{};
  uint32_t op = 0;       // enum sh_op: which kind
  uint32_t access = 0, flags = 0;
  std::array<uint64_t, 6> extra{};
  std::string name;      // as canonical names go; of a stand-in the private one
  const Fd* channel = nullptr;  // goes along; stays the caller's
};
struct DockReport {
  int32_t status = 0;  // NTSTATUS
  std::array<uint64_t, 6> extra{};
  std::string name;
  Fd descriptor;  // that came along
};

// The VM's dock: the one Windows process of ours inside a VM, started when it is first needed. It is as little trusted as
// the program beside it: what it reports is a claim about its own VM.
class Dock {
 public:
  explicit Dock(Vm& vm) : vm_(vm) {}
  ~Dock() { close(); }

  // Tells it, and waits for its report. Nothing where it cannot be started, is gone, or does not answer in time.
  std::optional<DockReport> order(const DockOrder& order);
  void close();

 private:
  bool start();
  // `died`: the dock ended before it reported.
  std::optional<DockReport> tell(const DockOrder& order, bool& died);
  void listen();
  void tell_of_end();
  bool ends_with_vm() const;

  Vm& vm_;
  std::mutex starting_, mutex_;
  std::condition_variable told_;
  std::shared_ptr<const Fd> line_;
  std::thread reader_;
  bool closed_ = false, alive_ = false, ready_ = false, leaving_ = false, replaced_ = false;
  uint32_t next_ = 1, life_ = 0;  // `life_`: which of its processes
  std::map<uint32_t, std::optional<DockReport>> waiting_;
};

}  // namespace shuttle
