#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "cgroup.h"
#include "remote_init.h"
#include "sources.h"
#include "spawn.h"

// Starting a VM: init is cloned straight into the new namespaces. Root's init stays the host's uid 0, with no right
// outside its namespaces, until it has memory of its own, and gives that up before it builds anything: sharing Node's
// memory with a process that is no longer root would open it to that user's other processes. No program of a VM is the
// host's uid 0.
namespace shuttle {
namespace {

constexpr int kSpaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

struct Pair {
  Fd ours, theirs;
  bool make(int type) {
    int ends[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) return false;
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
    return true;
  }
};

Fd memory_file(const std::string& bytes) {
  Fd file(memfd_create("plan", MFD_CLOEXEC));
  for (size_t done = 0; file && done < bytes.size();) {
    const ssize_t wrote = write(file.get(), bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) return {};
    done += static_cast<size_t>(wrote);
  }
  return file;
}

void reap(pid_t pid) {
  while (waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

StartFailure told_failure(const std::string& packet) {
  wire::Event event;
  memcpy(&event, packet.data(), sizeof event);
  return {packet.substr(sizeof event), event.error};
}

bool is(const std::string& packet, wire::Tell what) {
  wire::Event event;
  if (packet.size() < sizeof event) return false;
  memcpy(&event, packet.data(), sizeof event);
  return event.tell == what;
}

// Root's part: init waits to be somebody.
bool map_ids(pid_t pid, int control, const VmPlan& plan) {
  const std::string of = "/proc/" + std::to_string(pid);
  const std::string uid = std::to_string(plan.uid), gid = std::to_string(plan.gid);
  if (!write_file(of + "/uid_map", uid + " " + uid + " 1") || !write_file(of + "/gid_map", gid + " " + gid + " 1")) return false;
  const wire::Request go{wire::Ask::kMapped};
  return send_packet(control, {reinterpret_cast<const char*>(&go), sizeof go}, {});
}

// What the whole VM is held to, no process of it need be; CPU time is, since the whole is only looked at now and then.
void limit_as_a_whole(ControlGroup& group, std::vector<Fd>& doors, VmPlan& plan) {
  const bool memory = group.limit_memory(plan.memory), processes = group.limit_processes(plan.processes);
  if (plan.cpu_seconds) group.measure_cpu();
  if (!group.doors(doors)) return doors.clear(), group.remove();
  if (memory) plan.memory = 0;
  if (processes) plan.processes = 0;
}

// What the kernel counts for a user over all namespaces, processes and descriptors on their way, is ours as well as its
// programs': a part of it is left to us, or a program that takes all there is would stop the engine for other VMs.
void leave_some_to_us(VmPlan& plan) {
  rlimit ours{};
  if (getrlimit(RLIMIT_NOFILE, &ours) == 0 && ours.rlim_cur != RLIM_INFINITY) plan.descriptors = ours.rlim_cur / 4 * 3;
  if (getrlimit(RLIMIT_NPROC, &ours) != 0 || ours.rlim_cur == RLIM_INFINITY) return;
  const uint64_t most = ours.rlim_cur / 4 * 3 / std::max<uint64_t>(plan.among, 1);
  if (!plan.processes || plan.processes > most) plan.processes = most;
}

}  // namespace

std::variant<std::unique_ptr<InitClient>, StartFailure> start_vm(const std::string& init, const VmPlan& plan) {
  const bool root = geteuid() == 0;
  if (plan.uid == 0 || plan.gid == 0) return StartFailure{"the application must not run as root", EPERM};
  if (!root && (plan.uid != geteuid() || plan.gid != getegid())) return StartFailure{"running as another user", EPERM};

  Pair control, events;
  if (!control.make(SOCK_SEQPACKET) || !events.make(SOCK_SEQPACKET)) return StartFailure{"sockets", errno};
  Sources sources = prepare_sources(plan.steps, plan.shift, plan.uid, plan.gid, init);
  ControlGroup group;
  std::vector<Fd> doors;
  wire::Plan told{plan, std::move(sources.paths), !root};
  limit_as_a_whole(group, doors, told.vm);
  leave_some_to_us(told.vm);
  const Fd file = memory_file(wire::encode(told));
  Fd gate(eventfd(0, EFD_CLOEXEC));
  if (!file || !gate) return StartFailure{"plan", errno};

  Spawn spawn{init, {"shuttle-init"}, {plan.stdio[0], plan.stdio[1], plan.stdio[2], control.theirs.get(), events.theirs.get(), file.get(), gate.get()}};
  for (const Fd& tree : sources.trees) spawn.fds.push_back(tree.get());
  for (const Fd& door : doors) spawn.groups.push_back(door.get());
  spawn.spaces = kSpaces;
  spawn.maps = root ? Spawn::Maps::kByParent : Spawn::Maps::kOwn;
  spawn.uid = plan.uid;
  spawn.gid = plan.gid;
  const pid_t pid = spawn_process(spawn);
  if (pid < 0) return StartFailure{"namespaces", errno};
  control.theirs.reset();
  events.theirs.reset();
  const auto give_up = [&](StartFailure failure) {
    ::kill(pid, SIGKILL);
    reap(pid);
    return failure;
  };
  if (root && !map_ids(pid, control.ours.get(), plan)) return give_up({"id maps", errno});
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process) return give_up({"pidfd", errno});

  std::string packet;
  std::vector<Fd> fds;
  if (!receive_packet(events.ours.get(), packet, fds) || packet.size() < sizeof(wire::Event)) return give_up({"init", ECHILD});
  if (!is(packet, wire::Tell::kReady)) return give_up(told_failure(packet));
  if (fds.size() < 2) return give_up({"init", EPROTO});
  RemoteInit::Parts parts{init, plan.shift, plan.uid, plan.gid, pid, std::move(process), std::move(control.ours), std::move(events.ours),
                          std::move(gate), std::move(fds[0]), std::move(fds[1]), fds.size() > 2 ? std::move(fds[2]) : Fd(), std::move(group), plan.cpu_seconds};
  return std::make_unique<RemoteInit>(std::move(parts));
}

}  // namespace shuttle
