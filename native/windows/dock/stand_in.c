// A stand-in for what another VM owns: a local thing of the same kind, under a private name, that Wine's own waits work
// on. It is free only while the real one is lent to this VM; in between a mutex is held by our thread, and the others are
// not set.
#include "share.h"

#include <stdlib.h>

struct stand_in {
  HANDLE thing;
  int channel;
  HANDLE before;  // the thread that ended as the mutex's holder, for its successor to wait for
};

static void say(int channel, uint16_t verb, uint16_t flags) {
  const struct sh_sync said = {verb, flags, 0, {0, 0, 0}};
  linux_send(channel, &said, sizeof said, NULL, 0, 0);
}

static int hear(int channel, struct sh_sync *said) { return linux_receive(channel, said, sizeof *said, NULL) == sizeof *said; }

static void end(struct stand_in *it) {
  linux_close(it->channel);
  CloseHandle(it->thing);
  free(it);
}

// Whoever waits for the mutex is to see that its holder died: so our thread, which holds it, ends, and another goes on.
static DWORD WINAPI stand_for_mutex(void *given) {
  struct stand_in *it = given;
  struct sh_sync said;
  if (it->before) {
    WaitForSingleObject(it->before, INFINITE);
    CloseHandle(it->before);
    it->before = NULL;
    say(it->channel, SH_PUT, 0);
  }
  while (hear(it->channel, &said)) {
    if (said.verb == SH_TAKE_BACK) {
      const DWORD got = WaitForSingleObject(it->thing, INFINITE);
      say(it->channel, SH_TAKE_BACK, got == WAIT_ABANDONED ? SH_LEFT : SH_BACK);
    } else if (said.verb == SH_PUT && (said.flags & SH_LEFT)) {
      DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &it->before, SYNCHRONIZE, FALSE, 0);
      HANDLE next = CreateThread(NULL, 64 * 1024, stand_for_mutex, it, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
      if (next) CloseHandle(next);
      return 0;
    } else if (said.verb == SH_PUT) {
      ReleaseMutex(it->thing);
      say(it->channel, SH_PUT, 0);
    }
  }
  end(it);
  return 0;
}

static void stand(struct stand_in *it, int semaphore, int manual) {
  struct sh_sync said;
  while (hear(it->channel, &said)) {
    if (said.verb == SH_PUT) {
      semaphore ? ReleaseSemaphore(it->thing, 1, NULL) : SetEvent(it->thing);
      say(it->channel, SH_PUT, 0);
    } else if (said.verb == SH_TAKE_BACK) {
      const int back = manual ? ResetEvent(it->thing) : WaitForSingleObject(it->thing, 0) == WAIT_OBJECT_0;
      say(it->channel, SH_TAKE_BACK, back ? SH_BACK : SH_NOT_BACK);
    }
  }
  end(it);
}

void stand_in(struct order *order) {
  const uint32_t op = order->said.op;
  const int manual = (int)order->said.extra[0];
  struct stand_in *it = calloc(1, sizeof *it);
  if (it && op == OP_MUTEX_OPEN) it->thing = CreateMutexW(NULL, TRUE, order->name);
  else if (it && op == OP_SEMAPHORE_OPEN) it->thing = CreateSemaphoreW(NULL, 0, MAXLONG, order->name);
  else if (it) it->thing = CreateEventW(NULL, manual, FALSE, order->name);
  if (!it || !it->thing) {
    report(order, it ? last_status() : STATUS_NO_MEMORY);
    free(it);
    return linux_close(order->channel);
  }
  it->channel = order->channel;
  report(order, STATUS_SUCCESS);
  if (op == OP_MUTEX_OPEN) stand_for_mutex(it);
  else stand(it, op == OP_SEMAPHORE_OPEN, manual);
}
