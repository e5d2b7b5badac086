#include "share.h"

#include <stdlib.h>

static struct share *shares;
static SRWLOCK shares_lock = SRWLOCK_INIT;

void leave(struct share *share) {
  if (InterlockedDecrement((volatile LONG *)&share->references)) return;
  CloseHandle(share->real);
  CloseHandle(share->nudge);
  linux_close(share->stand_in);
  DeleteCriticalSection(&share->lock);
  free(share);
}

static void tell_stand_in(struct share *share, uint16_t verb, uint16_t flags) {
  const struct sh_sync said = {verb, flags, 0, {0, 0, 0}};
  linux_send(share->stand_in, &said, sizeof said, NULL, 0, 1);
}

static void call_back(struct share *share) {
  share->taken = 0;
  share->place = COMING_BACK;
  tell_stand_in(share, SH_TAKE_BACK, 0);
}

void settle(struct share *share) {
  const int mutex = share->op == OP_MUTEX_OPEN;
  if (share->place == PLACED) {
    if (share->taken && !mutex && !share->manual) {
      share->taken = 0;
      share->place = AT_HOME;  // used up
    } else if (share->wants <= 0 || (mutex && share->taken)) {
      call_back(share);
    }
  }
  if (!share->lines && share->had_lines && share->place != PLACING && share->place != PLACED && share->place != COMING_BACK) share->over = 1;
  if (share->over || (share->place == WAITING && share->wants <= 0)) SetEvent(share->nudge);
  if (share->over) linux_shutdown(share->stand_in);
  WakeAllConditionVariable(&share->changed);
}

// Until the real thing is taken (true, under the lock) or nobody wants it any more.
static int take_real(struct share *share, DWORD *got) {
  const HANDLE both[] = {share->real, share->nudge};
  share->place = TRYING;
  *got = share->stash ? WAIT_OBJECT_0 : WAIT_TIMEOUT;
  share->stash = 0;
  LeaveCriticalSection(&share->lock);
  if (*got) *got = WaitForSingleObject(share->real, 0);
  EnterCriticalSection(&share->lock);
  if (*got == WAIT_TIMEOUT && share->wants > 0 && !share->over) {
    share->place = WAITING;
    WakeAllConditionVariable(&share->changed);
    LeaveCriticalSection(&share->lock);
    *got = WaitForMultipleObjects(2, both, FALSE, INFINITE);
    EnterCriticalSection(&share->lock);
  }
  const int have = *got == WAIT_OBJECT_0 || *got == WAIT_ABANDONED_0;
  if (have && share->wants > 0 && !share->over) return 1;
  if (have) share->op == OP_MUTEX_OPEN ? (void)ReleaseMutex(share->real) : put_back(share);
  share->place = AT_HOME;
  settle(share);
  return 0;
}

// A mutex is its thread's: the one that took it holds on to it until it is back.
static int hold(struct share *share) {
  while (share->place != AT_HOME && !share->over) SleepConditionVariableCS(&share->changed, &share->lock, INFINITE);
  const int left = share->left || share->place != AT_HOME;
  share->left = 0;
  if (!left) ReleaseMutex(share->real);
  return !left;
}

// What is there for everybody until it is reset: the stand-in must not stay open longer than the real one.
static void look_again(struct share *share) {
  if (share->place == PLACED && WaitForSingleObject(share->real, 0) == WAIT_TIMEOUT) call_back(share);
}

DWORD WINAPI seek(void *given) {
  struct share *share = given;
  DWORD got;
  EnterCriticalSection(&share->lock);
  while (!share->over) {
    if (share->place != AT_HOME || share->wants <= 0) {
      const int looks = share->manual && share->place == PLACED;
      SleepConditionVariableCS(&share->changed, &share->lock, looks ? 20 : INFINITE);
      if (looks) look_again(share);
      continue;
    }
    if (!take_real(share, &got)) continue;
    share->place = PLACING;
    tell_stand_in(share, SH_PUT, got == WAIT_ABANDONED_0 ? SH_LEFT : 0);
    if (share->op != OP_MUTEX_OPEN || hold(share)) continue;
    // Our end is what tells the others that its holder died. Another goes on.
    if (!share->over) {
      HANDLE next = CreateThread(NULL, 64 * 1024, seek, share, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
      LeaveCriticalSection(&share->lock);
      if (next) CloseHandle(next);
      return 0;
    }
  }
  LeaveCriticalSection(&share->lock);
  leave(share);
  return 0;
}

// What the stand-in's dock says, until it is gone.
static void hear_out(struct share *share) {
  struct sh_sync said;
  while (linux_receive(share->stand_in, &said, sizeof said, NULL) == sizeof said) {
    EnterCriticalSection(&share->lock);
    if (said.verb == SH_PUT && share->place == PLACING) share->place = PLACED;
    if (said.verb == SH_TAKE_BACK && share->place == COMING_BACK) {
      share->left = said.flags & SH_LEFT;
      if ((said.flags & SH_BACK) && share->op != OP_MUTEX_OPEN) put_back(share);
      share->place = AT_HOME;
    }
    settle(share);
    LeaveCriticalSection(&share->lock);
  }
  EnterCriticalSection(&share->lock);
  share->over = 1;
  settle(share);
  LeaveCriticalSection(&share->lock);
}

static void begin(struct order *order) {
  struct share *share = calloc(1, sizeof *share);
  NTSTATUS status = share ? open_real(order, &share->real, &share->manual) : STATUS_NO_MEMORY;
  if (status) {
    free(share);
    linux_close(order->channel);
    return report(order, status);
  }
  share->number = order->said.extra[1];
  share->op = order->said.op;
  share->stand_in = order->channel;
  share->nudge = CreateEventW(NULL, FALSE, FALSE, NULL);
  share->references = 2;
  InitializeCriticalSection(&share->lock);
  InitializeConditionVariable(&share->changed);
  HANDLE seeker = CreateThread(NULL, 64 * 1024, seek, share, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  if (!seeker) leave(share);
  else CloseHandle(seeker);
  AcquireSRWLockExclusive(&shares_lock);
  share->next = shares;
  shares = share;
  ReleaseSRWLockExclusive(&shares_lock);
  order->report.extra[0] = share->manual;
  report(order, STATUS_SUCCESS);
  hear_out(share);
  AcquireSRWLockExclusive(&shares_lock);
  for (struct share **each = &shares; *each; each = &(*each)->next)
    if (*each == share) {
      *each = share->next;
      break;
    }
  ReleaseSRWLockExclusive(&shares_lock);
  leave(share);
}

static struct share *find_share(uint64_t number) {
  AcquireSRWLockExclusive(&shares_lock);
  struct share *share = shares;
  while (share && share->number != number) share = share->next;
  int alive = 0;
  if (share) {
    EnterCriticalSection(&share->lock);
    alive = !share->over;
    if (alive) InterlockedIncrement((volatile LONG *)&share->references), share->lines++, share->had_lines = 1;
    LeaveCriticalSection(&share->lock);
  }
  ReleaseSRWLockExclusive(&shares_lock);
  return alive ? share : NULL;
}

static void add_line(struct order *order) {
  struct share *share = find_share(order->said.extra[1]);
  report(order, share ? STATUS_SUCCESS : STATUS_INVALID_HANDLE);
  if (share) {
    serve_line(share, order->channel);
    leave(share);
  }
  linux_close(order->channel);
}

void obey_waitable(struct order *order) {
  if (order->channel < 0) return report(order, STATUS_NOT_IMPLEMENTED);
  if (order->said.say == SH_STAND) return stand_in(order);
  if (order->said.say != SH_OPEN) return report(order, STATUS_NOT_IMPLEMENTED);
  order->said.extra[0] == SH_SHARE ? begin(order) : add_line(order);
}
