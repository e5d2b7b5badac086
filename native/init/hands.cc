#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <deque>

#include "init.h"

namespace shuttle::init {
namespace {

struct Task {
  bool connect = false;
  int socket = -1, folder = -1, reply = -1;
  unsigned mask = 022;
  std::string address;
};

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t wanted = PTHREAD_COND_INITIALIZER;
std::deque<Task>* tasks = new std::deque<Task>;
pthread_cond_t born = PTHREAD_COND_INITIALIZER;
unsigned idle = 0, hands = 0, ready = 0;
constexpr unsigned kMostHands = 64;  // connects that wait at once; more of them wait their turn

void perform(const Task& task) {
  wire::Answer answer;
  if (task.folder >= 0 && fchdir(task.folder) != 0) answer.error = errno;
  umask(task.mask);
  const auto* address = reinterpret_cast<const sockaddr*>(task.address.data());
  const auto length = static_cast<socklen_t>(task.address.size());
  if (!answer.error && (task.connect ? ::connect(task.socket, address, length) : ::bind(task.socket, address, length)) != 0)
    answer.error = errno;
  if (task.folder >= 0 && chdir("/") != 0) answer.error = errno;
  send_packet(task.reply, {reinterpret_cast<const char*>(&answer), sizeof answer});
  for (int fd : {task.socket, task.folder, task.reply})
    if (fd >= 0) close(fd);
}

void* hand(void*) {
  drop_privileges();
  pthread_mutex_lock(&lock);
  ++ready;
  pthread_cond_signal(&born);
  pthread_mutex_unlock(&lock);
  for (;;) {
    pthread_mutex_lock(&lock);
    while (tasks->empty()) {
      ++idle;
      pthread_cond_wait(&wanted, &lock);
      --idle;
    }
    const Task task = std::move(tasks->front());
    tasks->pop_front();
    pthread_mutex_unlock(&lock);
    perform(task);
  }
}

void hand_over(Task task) {
  pthread_mutex_lock(&lock);
  tasks->push_back(std::move(task));
  const bool one_more = tasks->size() > idle && hands < kMostHands;
  if (one_more) ++hands;
  pthread_cond_signal(&wanted);
  pthread_mutex_unlock(&lock);
  if (!one_more) return;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 * 1024);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  const bool made = pthread_create(&thread, &attributes, hand, nullptr) == 0;
  pthread_attr_destroy(&attributes);
  // Until it has a folder of its own, this thread could not change mount namespaces.
  pthread_mutex_lock(&lock);
  if (!made) --hands;
  while (ready < hands) pthread_cond_wait(&born, &lock);
  pthread_mutex_unlock(&lock);
}

}  // namespace

void bind_by_hand(int socket, std::string address, int folder, unsigned mask, int reply) {
  hand_over({false, socket, folder, reply, mask, std::move(address)});
}

void connect_by_hand(int socket, std::string address, int folder, int reply) {
  hand_over({true, socket, folder, reply, 022, std::move(address)});
}

}  // namespace shuttle::init
