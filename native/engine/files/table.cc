// The share of files in the filter.
#include <fcntl.h>
#include <sys/syscall.h>

#include "../handlers.h"
#include "calls.h"
#include "change.h"
#include "lookup.h"
#include "open_flags.h"

namespace shuttle {

const std::vector<LookupCall>& lookup_calls() {
  using enum Lookup;
  static const std::vector<LookupCall> calls = {
      {SYS_stat, 195, kStat, -1, 0, 1},
      {SYS_lstat, 196, kStat, -1, 0, 1, -1, false},
      {SYS_newfstatat, 300, kStat, 0, 1, 2, 3},
      {SYS_statx, 383, kStatx, 0, 1, 4, 2},
      {SYS_access, 33, kAccess, -1, 0, 1},
      {SYS_faccessat, 307, kAccess, 0, 1, 2},
      {SYS_faccessat2, 439, kAccess, 0, 1, 2, 3},
      {SYS_readlink, 85, kReadLink, -1, 0, 1, -1, false},
      {SYS_readlinkat, 305, kReadLink, 0, 1, 2, -1, false},
      {SYS_getxattr, 229, kAttribute, -1, 0, 2},
      {SYS_lgetxattr, 230, kAttribute, -1, 0, 2, -1, false},
      {SYS_listxattr, 232, kAttributes, -1, 0, 1},
      {SYS_llistxattr, 233, kAttributes, -1, 0, 1, -1, false},
  };
  return calls;
}

namespace {

struct OpenCall {
  int nr, nr_i386;
  int8_t flags;  // index of the argument; -1: the flags are in memory, or always change something
  Handler handler;
};

constexpr OpenCall kOpens[] = {
    {SYS_open, 5, 1, on_open},
    {SYS_openat, 295, 2, on_openat},
    {SYS_openat2, 437, -1, on_openat2},
    {SYS_creat, 8, -1, on_creat},
};

void add(int nr, Handler handler, std::vector<Test> tests, std::vector<FilterRow>& rows) {
  if (nr >= 0) rows.push_back({nr, 0, handler, std::move(tests)});
}

}  // namespace

void add_file_rows(const Trapping& trapping, std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  // First of its rows: what it lets through may be called with any arguments, from anywhere that calls itself the gate.
  if (trapping.reader)
    x86_64.push_back({.nr = SYS_openat, .tests = {{2, Test::Is::kNoBit, kChangingFlags}, {0, Test::Is::kCalledFrom, gate::kCalledFrom}}, .lets_through = true});
  for (const OpenCall& call : kOpens) {
    std::vector<std::vector<Test>> cases = {{}};
    if (!trapping.opens && call.flags >= 0) {
      const auto flags = static_cast<uint8_t>(call.flags);
      cases = {{{flags, Test::Is::kAnyBit, kChangingFlags}},
               // shm_open to read, and a FIFO without waiting: what is refused of these is recorded. Few others ask so, but
               // Wine's server does for every file.
               {{flags, Test::Is::kAnyBit, trapping.windows ? O_NOFOLLOW : O_NOFOLLOW | O_NONBLOCK}, {flags, Test::Is::kNoBit, O_DIRECTORY}}};
    }
    for (const auto& tests : cases) {
      add(call.nr, call.handler, tests, x86_64);
      add(call.nr_i386, call.handler, tests, i386);
    }
  }
  for (const ChangeCall& call : change_calls()) {
    add(call.nr, on_change, {}, x86_64);
    add(call.nr_i386, on_change, {}, i386);
  }
  if (!trapping.lookups) return;
  for (const LookupCall& call : lookup_calls()) {
    if (call.kind == Lookup::kReadLink && !trapping.links) continue;
    // Nothing but AT_EMPTY_PATH is how C libraries ask about a descriptor, which they do for every file they open.
    std::vector<Test> named;
    if (call.kind == Lookup::kStat || call.kind == Lookup::kStatx)
      if (call.flags >= 0) named.push_back({static_cast<uint8_t>(call.flags), Test::Is::kNotEqual, AT_EMPTY_PATH});
    if (trapping.reader && call.nr >= 0) x86_64.push_back({.nr = call.nr, .tests = {{0, Test::Is::kCalledFrom, gate::kAskedFrom}}, .lets_through = true});
    add(call.nr, on_lookup, named, x86_64);
    add(call.nr_i386, on_lookup, named, i386);
  }
}

}  // namespace shuttle
