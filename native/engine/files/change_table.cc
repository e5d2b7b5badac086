#include <sys/syscall.h>

#include "change.h"

namespace shuttle {

// Numbers: arch/x86/entry/syscalls/syscall_64.tbl and syscall_32.tbl. -1: no such call there.
const std::vector<ChangeCall>& change_calls() {
  using enum Deed;
  constexpr Op kWrite = Op::kFileWrite, kCreate = Op::kFileCreate, kDelete = Op::kFileDelete;
  static const std::vector<ChangeCall> calls = {
      {SYS_mkdir, 39, kMakeFolder, {{{-1, 0, kCreate}}}, -1, 1},
      {SYS_mkdirat, 296, kMakeFolder, {{{0, 1, kCreate}}}, -1, 2},
      {SYS_rmdir, 40, kRemoveFolder, {{{-1, 0, kDelete}}}},
      {SYS_unlink, 10, kRemove, {{{-1, 0, kDelete}}}},
      {SYS_unlinkat, 301, kRemove, {{{0, 1, kDelete}}}, 2},
      {SYS_rename, 38, kRename, {{{-1, 0, kDelete}, {-1, 1, kCreate}}}},
      {SYS_renameat, 302, kRename, {{{0, 1, kDelete}, {2, 3, kCreate}}}},
      {SYS_renameat2, 353, kRename, {{{0, 1, kDelete}, {2, 3, kCreate}}}},
      {SYS_link, 9, kOther, {{{-1, 1, kCreate}}}},
      {SYS_linkat, 303, kOther, {{{2, 3, kCreate}}}},
      {SYS_symlink, 83, kOther, {{{-1, 1, kCreate}}}},
      {SYS_symlinkat, 304, kOther, {{{1, 2, kCreate}}}},
      {SYS_mknod, 14, kOther, {{{-1, 0, kCreate}}}, -1, 1},
      {SYS_mknodat, 297, kOther, {{{0, 1, kCreate}}}, -1, 2},
      {SYS_truncate, 92, kTruncate, {{{-1, 0, kWrite, true}}}},
      {-1, 193, kTruncate, {{{-1, 0, kWrite, true}}}},  // truncate64
      {SYS_chmod, 15, kMode, {{{-1, 0, kWrite, true}}}, -1, 1},
      {SYS_fchmodat, 306, kMode, {{{0, 1, kWrite, true}}}, -1, 2},
      {452 /* fchmodat2 */, 452, kMode, {{{0, 1, kWrite, true}}}, 3, 2},
      {SYS_chown, 182, kOther, {{{-1, 0, kWrite, true}}}},
      {-1, 212, kOther, {{{-1, 0, kWrite, true}}}},  // chown32
      {SYS_lchown, 16, kOther, {{{-1, 0, kWrite}}}},
      {-1, 198, kOther, {{{-1, 0, kWrite}}}},  // lchown32
      {SYS_fchownat, 298, kOther, {{{0, 1, kWrite, true}}}, 4},
      {SYS_utime, 30, kOther, {{{-1, 0, kWrite, true}}}},
      {SYS_utimes, 271, kOther, {{{-1, 0, kWrite, true}}}},
      {SYS_futimesat, 299, kOther, {{{0, 1, kWrite, true}}}},
      {SYS_utimensat, 320, kOther, {{{0, 1, kWrite, true}}}, 3},
      {-1, 412, kOther, {{{0, 1, kWrite, true}}}, 3},  // utimensat_time64
      {SYS_setxattr, 226, kOther, {{{-1, 0, kWrite, true}}}},
      {SYS_lsetxattr, 227, kOther, {{{-1, 0, kWrite}}}},
      {SYS_removexattr, 235, kOther, {{{-1, 0, kWrite, true}}}},
      {SYS_lremovexattr, 236, kOther, {{{-1, 0, kWrite}}}},
      {463 /* setxattrat */, 463, kOther, {{{0, 1, kWrite, true}}}, 2},
      {466 /* removexattrat */, 466, kOther, {{{0, 1, kWrite, true}}}, 2},
  };
  return calls;
}

}  // namespace shuttle
