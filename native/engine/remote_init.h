#pragma once
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

#include "../init/wire.h"
#include "cgroup.h"
#include "init_client.h"

namespace shuttle {

bool send_packet(int socket, std::string_view bytes, const std::vector<int>& fds);
bool receive_packet(int socket, std::string& bytes, std::vector<Fd>& fds);

// The engine's end of the sockets to a VM's process 1. Each request carries the socket its answer comes on, so threads
// do not wait for one another, and a VM's end ends every request under way.
class RemoteInit final : public InitClient {
 public:
  struct Parts {
    std::string init;
    bool shift = false;
    uid_t uid = 0;
    gid_t gid = 0;
    pid_t pid = 0;
    Fd process, control, events, gate, root, program, listener;
    ControlGroup group;
    uint64_t cpu_seconds = 0;  // of all processes together; 0: as long as they like
  };
  explicit RemoteInit(Parts parts);
  ~RemoteInit() override;

  void run() override;
  pid_t pid() const override { return parts_.pid; }
  int pidfd() const override { return parts_.process.get(); }
  int root() const override { return parts_.root.get(); }
  Fd take_listener() override { return std::move(parts_.listener); }
  pid_t program() const override { return program_; }
  Fd make_socket(int domain, int type, int protocol, int* error) override;
  int bind_in(int socket, const void* address, unsigned length, int cwd, unsigned umask) override;
  int connect_in(int socket, const void* address, unsigned length, int cwd) override;
  int mount(const MountStep& step) override;
  pid_t start(const Launch& launch, const int stdio[3], int* error) override;
  int signal_all(int signal) override;
  void kill() override;

 private:
  int ask(wire::Request request, std::string_view body, const std::vector<int>& fds, Fd* answered = nullptr);
  void listen();
  // Waits for the next event, and ends programs that had their time.
  bool next_event(std::string& packet, std::vector<Fd>& fds);
  void tell(const std::string& packet);
  pid_t reap();

  Parts parts_;
  pid_t program_ = 0;
  std::mutex lock_;
  std::map<int32_t, pid_t> programs_;  // by init's id for them
  int32_t next_ = 1;
  std::thread listening_;
};

}  // namespace shuttle
