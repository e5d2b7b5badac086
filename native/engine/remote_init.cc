#include "remote_init.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "sources.h"

namespace shuttle {
namespace {

// What number the process of a pidfd has here; 0 once it is gone.
pid_t pid_of(int pidfd) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
  FILE* file = fopen(path, "re");
  if (!file) return 0;
  pid_t pid = 0;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "Pid: %d", &pid) == 1) break;
  fclose(file);
  return pid < 0 ? 0 : pid;
}

void open_gate(int gate) {
  const uint64_t one = 1;
  while (write(gate, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

}  // namespace

bool send_packet(int socket, std::string_view bytes, const std::vector<int>& fds) {
  std::vector<char> room(CMSG_SPACE(fds.size() * sizeof(int)));
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    memcpy(CMSG_DATA(head), fds.data(), fds.size() * sizeof(int));
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(bytes.size());
}

bool receive_packet(int socket, std::string& bytes, std::vector<Fd>& fds) {
  char room[4096];
  alignas(cmsghdr) char control[CMSG_SPACE(16 * sizeof(int))];
  iovec part{room, sizeof room};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    for (size_t i = 0; i < (head->cmsg_len - CMSG_LEN(0)) / sizeof(int); ++i) {
      int fd;
      memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof fd);
      fds.emplace_back(fd);
    }
  }
  bytes.assign(room, static_cast<size_t>(got));
  return true;
}

RemoteInit::RemoteInit(Parts parts) : parts_(std::move(parts)) {
  program_ = pid_of(parts_.program.get());
  programs_[0] = program_;
  parts_.program.reset();
}

RemoteInit::~RemoteInit() {
  kill();
  if (!listening_.joinable()) reap();
  else if (listening_.get_id() == std::this_thread::get_id()) listening_.detach();
  else listening_.join();
}

void RemoteInit::run() {
  if (listening_.joinable()) return;
  listening_ = std::thread([this] { listen(); });
  open_gate(parts_.gate.get());
}

int RemoteInit::ask(wire::Request request, std::string_view body, const std::vector<int>& fds, Fd* answered) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  const Fd ours(ends[0]);
  Fd theirs(ends[1]);
  request.size = static_cast<uint32_t>(body.size());
  std::string packet(reinterpret_cast<const char*>(&request), sizeof request);
  packet.append(body);
  std::vector<int> all{theirs.get()};
  all.insert(all.end(), fds.begin(), fds.end());
  if (!send_packet(parts_.control.get(), packet, all)) return errno == EPIPE ? ESRCH : errno;
  theirs.reset();
  std::vector<Fd> got;
  wire::Answer answer;
  if (!receive_packet(ours.get(), packet, got) || packet.size() != sizeof answer) return ESRCH;  // the VM has ended
  memcpy(&answer, packet.data(), sizeof answer);
  if (answered && !got.empty()) *answered = std::move(got[0]);
  return answer.error;
}

Fd RemoteInit::make_socket(int domain, int type, int protocol, int* error) {
  Fd made;
  const int failed = ask({wire::Ask::kSocket, domain, type, protocol}, {}, {}, &made);
  if (error) *error = -failed;
  return made;
}

int RemoteInit::bind_in(int socket, const void* address, unsigned length, int cwd, unsigned umask) {
  std::vector<int> fds{socket};
  if (cwd >= 0) fds.push_back(cwd);
  return ask({wire::Ask::kBind, static_cast<int32_t>(umask)}, {static_cast<const char*>(address), length}, fds);
}

int RemoteInit::connect_in(int socket, const void* address, unsigned length, int cwd) {
  std::vector<int> fds{socket};
  if (cwd >= 0) fds.push_back(cwd);
  return ask({wire::Ask::kConnect}, {static_cast<const char*>(address), length}, fds);
}

int RemoteInit::mount(const MountStep& step) {
  const Sources sources = prepare_sources({step}, parts_.shift, parts_.uid, parts_.gid, parts_.init);
  wire::Writer body;
  wire::put(body, sources.paths);
  wire::put(body, step);
  std::vector<int> fds;
  for (const Fd& tree : sources.trees) fds.push_back(tree.get());
  return ask({wire::Ask::kMount}, body.out, fds);
}

pid_t RemoteInit::start(const Launch& launch, const int stdio[3], int* error) {
  wire::Writer body;
  wire::put(body, launch);
  const Fd file(memfd_create("launch", MFD_CLOEXEC)), gate(eventfd(0, EFD_CLOEXEC));
  Fd program;
  int failed = ENOMEM;
  int32_t id;
  {
    const std::lock_guard hold(lock_);
    id = next_++;
  }
  if (file && gate && write(file.get(), body.out.data(), body.out.size()) == static_cast<ssize_t>(body.out.size()))
    failed = ask({wire::Ask::kStart, id}, {}, {file.get(), stdio[0], stdio[1], stdio[2], gate.get()}, &program);
  if (error) *error = failed;
  if (failed) return -1;
  const pid_t pid = pid_of(program.get());
  {
    const std::lock_guard hold(lock_);
    programs_[id] = pid;
  }
  // Only now may it run, and end: its exit is told by the number noted above.
  open_gate(gate.get());
  return pid;
}

int RemoteInit::signal_all(int signal) { return ask({wire::Ask::kSignal, signal}, {}, {}); }

void RemoteInit::kill() { syscall(SYS_pidfd_send_signal, parts_.process.get(), SIGKILL, nullptr, 0); }

pid_t RemoteInit::reap() {
  siginfo_t info;
  while (waitid(static_cast<idtype_t>(3) /* P_PIDFD */, static_cast<id_t>(parts_.process.get()), &info, WEXITED | __WALL) < 0 && errno == EINTR) {
  }
  return parts_.pid;
}

void RemoteInit::tell(const std::string& packet) {
  wire::Event event;
  if (packet.size() < sizeof event) return;
  memcpy(&event, packet.data(), sizeof event);
  if (event.tell != wire::Tell::kExited) return;
  ExitStatus status;
  {
    const std::lock_guard hold(lock_);
    const auto known = programs_.find(event.id);
    if (known == programs_.end()) return;
    status = {known->second, event.code, event.signal, event.error};
    programs_.erase(known);
  }
  if (on_exit) on_exit(status);
}

// First as RLIMIT_CPU does, so that a program is told why; a second later for good.
bool RemoteInit::next_event(std::string& packet, std::vector<Fd>& fds) {
  constexpr int kLook = 200;  // milliseconds
  constexpr uint64_t kSecond = 1'000'000'000;
  const uint64_t most = parts_.cpu_seconds * kSecond;
  while (most && parts_.group.cpu_used()) {
    pollfd waiting{parts_.events.get(), POLLIN, 0};
    if (poll(&waiting, 1, kLook) != 0) break;
    const uint64_t used = parts_.group.cpu_used().value_or(0);
    if (used >= most) signal_all(used >= most + kSecond ? SIGKILL : SIGXCPU);
  }
  return receive_packet(parts_.events.get(), packet, fds);
}

// Ends with the VM: init's end of the socket closes when it exits, and its pidfd tells when all of it is gone.
void RemoteInit::listen() {
  std::string packet;
  std::vector<Fd> fds;
  while (next_event(packet, fds)) {
    tell(packet);
    fds.clear();
  }
  reap();
  if (on_end) on_end();
}

}  // namespace shuttle
