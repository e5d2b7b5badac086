// The Linux kernel, called directly: lines of agent and dock to the engine do not go through Wine. Results are as the kernel
// gives them, a negative errno on failure.
#ifndef SHUTTLE_LINUX_H
#define SHUTTLE_LINUX_H

#include <stddef.h>
#include <stdint.h>

#define LINUX_EINTR 4
#define LINUX_EAGAIN 11

int linux_gettid(void);
// A unix socket connected to an abstract name, SOCK_SEQPACKET and close-on-exec; or a negative errno.
int linux_connect(const char *abstract);
void linux_close(int fd);
// One packet in two parts; 0 or a negative errno.
int linux_send(int socket, const void *head, size_t head_bytes, const void *texts, size_t text_bytes, int dont_wait);
// One packet without texts, and a descriptor along with it (-1: none); 0 or a negative errno.
int linux_send_fd(int socket, const void *head, size_t head_bytes, int fd);
// One packet, waited for; its bytes, or a negative errno. `fd` (may be null) takes a descriptor that came along, else -1.
long long linux_receive(int socket, void *into, size_t bytes, int *fd);
// Whether there is something to receive, waited for: 1, or 0 when the time is over.
int linux_wait(int socket, int ms);
void linux_pause(int ms);
// Shared memory of a descriptor, private memory for -1; null on failure.
void *linux_map(int fd, size_t bytes);
// A memory file of that size which nobody can make longer or shorter again; or a negative errno.
int linux_sealed_memory(uint64_t bytes);
void linux_unmap(void *at, size_t bytes);
int64_t linux_now_ns(void);
int linux_hung_up(int socket);          // the other side is gone
void linux_shutdown(int socket);        // both ways: whoever waits in it wakes up
void linux_shutdown_write(int socket);  // the other side sees an end
__attribute__((noreturn)) void linux_exit(int code);

#endif
