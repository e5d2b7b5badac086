// What no VM may do, each refused with the error a program copes with (design, section 4, "Filter").
#include <errno.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <tuple>

#include "handlers.h"

namespace shuttle {

namespace {

struct Refusal {
  int nr;      // on x86-64
  int nr_i386; // -1: no such call there
  int error;
};

constexpr Refusal kRefused[] = {
    // Ways round the filter: rings do calls that it never sees; flags of clone3 are in memory.
    {SYS_io_uring_setup, 425, ENOSYS},
    {SYS_io_uring_enter, 426, ENOSYS},
    {SYS_io_uring_register, 427, ENOSYS},
    {SYS_clone3, 435, ENOSYS},
    // New namespaces and another root.
    {SYS_unshare, 310, EPERM},
    {SYS_setns, 346, EPERM},
    {SYS_mount, 21, EPERM},
    {SYS_umount2, 52, EPERM},
    {SYS_pivot_root, 217, EPERM},
    {SYS_chroot, 61, EPERM},
    {SYS_open_tree, 428, EPERM},
    {SYS_move_mount, 429, EPERM},
    {SYS_fsopen, 430, EPERM},
    {SYS_fsconfig, 431, EPERM},
    {SYS_fsmount, 432, EPERM},
    {SYS_fspick, 433, EPERM},
    {442 /* mount_setattr */, 442, EPERM},
    // Keyrings are the kernel's, not a namespace's.
    {SYS_add_key, 286, ENOSYS},
    {SYS_request_key, 287, ENOSYS},
    {SYS_keyctl, 288, ENOSYS},
    // Looking at, or slowing, the kernel itself.
    {SYS_bpf, 357, EPERM},
    {SYS_perf_event_open, 336, EPERM},
    {SYS_userfaultfd, 374, ENOSYS},
    // Memory that nobody else can read: names in it would be asked for without the engine's knowing.
    {447 /* memfd_secret */, 447, ENOSYS},
    {SYS_open_by_handle_at, 342, EPERM},
    {SYS_fanotify_init, 338, EPERM},
    {SYS_lookup_dcookie, 253, EPERM},
    {SYS_syslog, 103, EPERM},
};

constexpr uint32_t kNewNamespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
constexpr uint32_t kFastOpen = MSG_FASTOPEN;
constexpr uint32_t kRouteOf2292 = 5, kOptionsOf2292 = 6;  // IPV6_2292RTHDR, IPV6_2292PKTOPTIONS

}  // namespace

void add_refused_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  using Is = Test::Is;
  for (const Refusal& refusal : kRefused) {
    x86_64.push_back({refusal.nr, refusal.error, nullptr, {}});
    if (refusal.nr_i386 >= 0) i386.push_back({refusal.nr_i386, refusal.error, nullptr, {}});
  }
  x86_64.push_back({SYS_clone, EPERM, nullptr, {{0, Is::kAnyBit, kNewNamespaces}}});
  i386.push_back({120, EPERM, nullptr, {{0, Is::kAnyBit, kNewNamespaces}}});

  // A second listener would answer for the engine.
  constexpr Test kSetFilter{0, Is::kEqual, SECCOMP_SET_MODE_FILTER};
  constexpr Test kWithListener{1, Is::kAnyBit, SECCOMP_FILTER_FLAG_NEW_LISTENER};
  x86_64.push_back({SYS_seccomp, EBUSY, nullptr, {kSetFilter, kWithListener}});
  i386.push_back({354, EBUSY, nullptr, {kSetFilter, kWithListener}});

  // Kinds of socket that no namespace holds, or that nobody carries.
  const std::vector<Test> strange = {{0, Is::kNotEqual, AF_UNIX}, {0, Is::kNotEqual, AF_INET},
                                     {0, Is::kNotEqual, AF_INET6}, {0, Is::kNotEqual, AF_NETLINK}};
  x86_64.push_back({SYS_socket, EAFNOSUPPORT, nullptr, strange});
  i386.push_back({359, EAFNOSUPPORT, nullptr, strange});
  // A route of the program's own would lead what a handed socket sends to other machines.
  for (auto [level, name] : {std::pair<uint32_t, uint32_t>{IPPROTO_IP, IP_OPTIONS}, {IPPROTO_IPV6, IPV6_RTHDR}, {IPPROTO_IPV6, kRouteOf2292},
                             {IPPROTO_IPV6, kOptionsOf2292}, {IPPROTO_IPV6, IPV6_RTHDRDSTOPTS}}) {
    x86_64.push_back({SYS_setsockopt, ENOPROTOOPT, nullptr, {{1, Is::kEqual, level}, {2, Is::kEqual, name}}});
    i386.push_back({366, ENOPROTOOPT, nullptr, {{1, Is::kEqual, level}, {2, Is::kEqual, name}}});
  }
  // Opening a connection with the first data would connect without asking.
  x86_64.push_back({SYS_setsockopt, ENOPROTOOPT, nullptr, {{1, Is::kEqual, IPPROTO_TCP}, {2, Is::kEqual, TCP_FASTOPEN_CONNECT}}});
  i386.push_back({366, ENOPROTOOPT, nullptr, {{1, Is::kEqual, IPPROTO_TCP}, {2, Is::kEqual, TCP_FASTOPEN_CONNECT}}});
  x86_64.push_back({SYS_sendto, EOPNOTSUPP, nullptr, {{3, Is::kAnyBit, kFastOpen}}});
  x86_64.push_back({SYS_sendmsg, EOPNOTSUPP, nullptr, {{2, Is::kAnyBit, kFastOpen}}});
  x86_64.push_back({SYS_sendmmsg, EOPNOTSUPP, nullptr, {{3, Is::kAnyBit, kFastOpen}}});
  i386.push_back({369, EOPNOTSUPP, nullptr, {{3, Is::kAnyBit, kFastOpen}}});
  i386.push_back({370, EOPNOTSUPP, nullptr, {{2, Is::kAnyBit, kFastOpen}}});
  i386.push_back({345, EOPNOTSUPP, nullptr, {{3, Is::kAnyBit, kFastOpen}}});

  // Process 1 has the application's uid; what the kernel allows one's own uid must not reach it.
  for (auto [nr, nr_i386, arg] : {std::tuple{SYS_prlimit64, 340, 0}, {SYS_sched_setaffinity, 241, 0}, {SYS_sched_setscheduler, 156, 0},
                                  {SYS_sched_setparam, 154, 0}, {SYS_sched_setattr, 351, 0}, {SYS_setpriority, 97, 1}, {SYS_ioprio_set, 289, 1}}) {
    x86_64.push_back({nr, EPERM, nullptr, {{static_cast<uint8_t>(arg), Is::kEqual, 1}}});
    i386.push_back({nr_i386, EPERM, nullptr, {{static_cast<uint8_t>(arg), Is::kEqual, 1}}});
  }
  // All of a user's at once are process 1's threads too.
  constexpr uint32_t kPrioUser = 2, kIoprioWhoUser = 3;
  for (auto [nr, nr_i386, who] : {std::tuple{SYS_setpriority, 97, kPrioUser}, {SYS_ioprio_set, 289, kIoprioWhoUser}}) {
    x86_64.push_back({nr, EPERM, nullptr, {{0, Is::kEqual, who}}});
    i386.push_back({nr_i386, EPERM, nullptr, {{0, Is::kEqual, who}}});
  }
}

}  // namespace shuttle
