#pragma once
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mutex>

#include "../init_client.h"

namespace shuttle {

// What engines of one user say to each other about a VM that one of them runs. One packet asks, one answers.
namespace link {

enum class Ask : uint32_t { kSocket, kExpectForeignSockets };
struct Request {
  Ask ask{};
  int32_t domain = 0, type = 0, protocol = 0;
};
struct Answer {
  int32_t error = 0;  // an errno; with a socket when it is 0 and one was asked for
};
// Said first, with descriptors: the VM's root, its init's pidfd, a diag socket of its network.
struct Hello {
  uint32_t version = 1;
  pid_t init = 0;
};
inline constexpr size_t kHelloDescriptors = 3;

}  // namespace link

// A VM that another Shuttle of the same user runs, as far as its neighbours need it: its root, and sockets of its
// network. It is not ours to mount in, to start in or to end.
class LinkedInit final : public InitClient {
 public:
  // Null where nobody answers at that socket, or somebody else does.
  static std::unique_ptr<LinkedInit> connect(Fd socket);

  Fd take_diag() { return std::move(diag_); }
  // 0 once the VM's own engine keeps the hard rule (see Vm::expect_foreign_sockets).
  int expect_foreign_sockets();
  bool alive() const;

  void run() override {}
  pid_t pid() const override { return init_; }
  int pidfd() const override { return pidfd_.get(); }
  int root() const override { return root_.get(); }
  Fd take_listener() override { return {}; }
  pid_t program() const override { return 0; }
  Fd make_socket(int domain, int type, int protocol, int* error) override;
  int bind_in(int, const void*, unsigned, int, unsigned) override;
  int connect_in(int, const void*, unsigned, int) override;
  int mount(const MountStep&) override;
  pid_t start(const Launch&, const int[3], int* error) override;
  int signal_all(int) override { return 1; }  // EPERM
  void kill() override {}

 private:
  int ask(const link::Request& request, Fd* answered);

  std::mutex turn_;
  Fd socket_, root_, pidfd_, diag_;
  pid_t init_ = 0;
};

}  // namespace shuttle
