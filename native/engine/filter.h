#pragma once
#include <linux/filter.h>

#include <cstdint>
#include <string>
#include <vector>

#include "trap.h"

namespace shuttle {

// What the filter does with one system call, when every test on its registers holds. The filter sees registers only.
struct Test {
  uint8_t arg = 0;
  enum class Is : uint8_t { kEqual, kNotZero, kAnyBit, kNotEqual, kNoBit, kCalledFrom } is{};
  uint64_t value = 0;  // compared with the low half; `kNotZero` looks at both halves. `kCalledFrom`: where the call stands
};

struct FilterRow {
  int nr = 0;
  int error = 0;             // refuse with this errno; 0: notify the engine
  Handler handler = nullptr;  // who answers the notification
  std::vector<Test> tests;    // all must hold; none: always
  bool lets_through = false;  // neither refused nor notified
};

// Everything a filter is made of, per architecture. Rows of one call are tried in order; none holding lets it through.
struct FilterTable {
  std::vector<FilterRow> x86_64;
  std::vector<FilterRow> i386;  // empty: every call of that architecture is refused with ENOSYS
};

// What of a VM decides which calls are trapped.
struct Trapping {
  bool opens = false;     // every open (learning, --audit)
  bool lookups = false;   // stat, access, readlink too: names are served that are not there
  bool windows = false;   // Wine runs here, whose server opens every file without waiting
  bool windows32 = false; // 32-bit Wine runs here
  bool reader = false;    // programs have the preloaded reader (native/reader)
  bool links = true;      // readlink among the lookups: realpath(3) asks so for every part of a name
};

FilterTable filter_table(const Trapping& trapping);

// Who answers the notification of a call.
class Handlers {
 public:
  Handlers() = default;
  explicit Handlers(const FilterTable& table);
  Handler of(uint32_t arch, int nr) const;  // null: nobody

 private:
  std::vector<Handler> x86_64_, i386_;  // by number
};

std::vector<sock_filter> build_filter(const FilterTable& table);
// What the kernel would answer; for tests. SECCOMP_RET_* with its data.
uint32_t evaluate_filter(const std::vector<sock_filter>& program, uint32_t arch, int nr, const uint64_t args[6], uint64_t called_from = 0);

}  // namespace shuttle
