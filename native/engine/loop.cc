#include "loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace shuttle {

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = wake_.get()}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
  thread_ = std::thread([this] { run(); });
}

void Loop::stop() {
  stopping_ = true;
  eventfd_write(wake_.get(), 1);
  if (thread_.joinable()) thread_.join();
  // What callbacks hold goes while those they speak of are still there.
  watched_.clear();
  std::lock_guard lock(mutex_);
  tasks_.clear();
}

void Loop::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  eventfd_write(wake_.get(), 1);
}

void Loop::watch(int fd, uint32_t events, Ready ready) {
  watched_[fd] = std::make_shared<Ready>(std::move(ready));
  epoll_event event{.events = events, .data = {.fd = fd}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void Loop::change(int fd, uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::forget(int fd) {
  if (watched_.erase(fd)) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::run() {
  epoll_event events[64];
  while (!stopping_) {
    int count = epoll_wait(epoll_.get(), events, 64, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == wake_.get()) {
        eventfd_t ignored;
        eventfd_read(wake_.get(), &ignored);
        continue;
      }
      auto found = watched_.find(events[i].data.fd);  // may have been forgotten by an earlier callback of this round
      if (found == watched_.end()) continue;
      auto ready = found->second;  // keeps the callback alive while it forgets itself
      (*ready)(events[i].events);
    }
    std::vector<std::function<void()>> tasks;
    {
      std::lock_guard lock(mutex_);
      tasks.swap(tasks_);
    }
    for (auto& task : tasks) task();
  }
}

}  // namespace shuttle
