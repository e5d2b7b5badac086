#pragma once
// The parts of init, process 1 of a VM. It is the only code that runs with the VM's privileges.
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "wire.h"

namespace shuttle::init {

// Tells the engine which step failed, and ends the VM.
[[noreturn]] void fail(std::string_view step, int error);
inline void must(bool good, std::string_view step) {
  if (!good) fail(step, errno);
}

// packet.cc: one packet with descriptors.
bool send_packet(int socket, std::string_view bytes, const int* fds = nullptr, size_t count = 0);
// The packet's bytes; its descriptors are appended to `fds`. False at the end of the socket.
bool receive_packet(int socket, std::string& bytes, std::vector<int>& fds);

// network.cc: a loopback that is the whole world, on which every address is local.
void bring_up_loopback();

// Where things stand while the root is built, and again when something is mounted later. The stage is a memory file
// system over /proc of a mount namespace of init's own, so no program of the VM ever sees it.
inline constexpr const char* kStage = "/proc";

// stage.cc: sources that a privileged parent prepared, and folders of the stage.
class Stage {
 public:
  // Takes the descriptors of `sources`, one each.
  void add(const std::vector<wire::Source>& sources, const std::vector<int>& fds);
  // The path under which init reaches a host path: through the source that covers it, or as it is.
  std::string reach(const std::string& host_path);
  // A new folder of the stage.
  std::string folder(const char* kind);

 private:
  struct Prepared {
    wire::Source source;
    int fd = -1;
    std::string at;  // where it is attached; empty: not yet
  };
  std::vector<Prepared> prepared_;
  unsigned next_ = 0;
};

// What an overlay holds besides its layers: names that must not exist in it, and things of the plan that lie below it.
// All of it goes into a layer in the middle, so that neither the host's folder nor the VM's layer is touched. The paths
// are relative to the overlay.
struct Filling {
  struct Thing {
    std::string name;
    const MountStep* step = nullptr;
  };
  std::vector<std::string> masks;
  std::vector<Thing> things;
  bool empty() const { return masks.empty() && things.empty(); }
};

// overlay.cc: mounts an overlay at `at`. 0 or an errno.
int mount_overlay(Stage& stage, const MountStep& step, const std::string& at, const Filling& filling);
// Whether the VM's layer holds something of its own at `name` of the overlay, or says that it is gone: what the VM made of
// a file that was shown to it is not hidden by showing the file again.
bool changed_before(Stage& stage, const MountStep& step, const std::string& name);
// filling.cc: makes the middle layer for what is to be found in `lower` (empty: nothing is).
void fill_layer(Stage& stage, const std::string& lower, const Filling& filling, const std::string& layer);
// The mode that gives the VM's user, who owns every folder made by init, what the folder gives it on the host.
mode_t mode_for_us(const struct stat& folder);

// mounts.cc: one step at `at`, a path where the target's parents exist or can be made. 0 or an errno.
int apply(Stage& stage, const MountStep& step, const std::string& at, const Filling& filling);
// What a step shows: a folder or a file. 0 or an errno.
int shows_folder(Stage& stage, const MountStep& step, bool* folder);
int write_text(const std::string& at, mode_t mode, const std::string& text);
// Makes the folders above `path`, and `path` itself as a folder or an empty file.
int make_target(const std::string& path, bool folder, mode_t mode = 0755);

// devices.cc: a small /dev.
int make_devices(const std::string& at);

// root.cc: builds the root that the plan describes and enters it. Afterwards the host is out of sight.
class Root {
 public:
  // `inside` is called once, in the VM's mount namespace, before anything is built.
  void build(const wire::Plan& plan, const std::function<void()>& inside);
  // Mounts one more thing, prepared where the host is still to be seen. 0 or an errno.
  int mount_later(const MountStep& step, const std::vector<wire::Source>& sources, const std::vector<int>& fds);

 private:
  Stage stage_;
  std::vector<std::string> masks_;  // for overlays that come later
  int host_space_ = -1, own_space_ = -1;  // mount namespaces
};

// A program that was made: it stands before its exec in memory it shares with init, then in its own.
struct Child;

// programs.cc: the application's processes.
class Programs {
 public:
  // Begins the thread that all programs descend from, which readies itself while the root is built: it must be called
  // in the VM's mount namespace.
  void begin(const VmPlan& plan);
  // Waits until it is ready. The filter's listener, or -1 where the plan has no filter.
  int listener();
  // Makes a process that stands just before its exec until its gate is opened. Its pidfd, or -1 with errno. Takes the
  // descriptors.
  int make(int id, const Launch& launch, const int stdio[3], int gate);
  enum class Reaped { kAll, kSome, kNobodyLeft };
  // Reaps some of what ended and tells of programs among it.
  Reaped reap(int events);

 private:
  std::vector<Child*> children_;
};

// credentials.cc.
// Where root starts a VM: waits for the parent to write the id maps, and is that user then, with every capability here.
void become(uid_t uid, gid_t gid);
// Takes away what no program of a VM has. All of it concerns the calling thread only.
void drop_privileges();

// hands.cc: binds and connects for the engine, on threads with a program's rights, so that a connect that waits holds
// up nothing else. Answers on `reply` and closes both descriptors.
void bind_by_hand(int socket, std::string address, int folder, unsigned umask, int reply);
void connect_by_hand(int socket, std::string address, int folder, int reply);

}  // namespace shuttle::init
