// One user's line to a share: an agent's, for one call at a time.
#include "share.h"

#define SLICE_MS 10000

static int may_answer(const struct share *share) {
  if (share->over) return 1;
  switch (share->place) {
    case WAITING:
    case PLACED: return 1;
    case COMING_BACK: return share->op == OP_MUTEX_OPEN;  // held there by somebody, or by whoever asks
    default: return 0;
  }
}

// Answered when it is known whether the thing is to be had at once: a wait without a time-out goes by that.
static void want(struct share *share, int *balance) {
  EnterCriticalSection(&share->lock);
  share->wants++;
  (*balance)++;
  settle(share);
  while (!may_answer(share)) SleepConditionVariableCS(&share->changed, &share->lock, INFINITE);
  LeaveCriticalSection(&share->lock);
}

static void unwant(struct share *share, int took, int *balance) {
  EnterCriticalSection(&share->lock);
  share->wants--;
  (*balance)--;
  if (took && (share->place == PLACING || share->place == PLACED)) share->taken++;
  settle(share);
  LeaveCriticalSection(&share->lock);
}

// Waits itself, in slices, so that a user that is gone is noticed.
static NTSTATUS take_now(struct share *share, int channel, int64_t left) {
  EnterCriticalSection(&share->lock);
  const int stash = share->stash;
  share->stash = 0;
  LeaveCriticalSection(&share->lock);
  if (stash) return STATUS_SUCCESS;
  for (;;) {
    const int64_t ms = left == INT64_MAX ? SLICE_MS : (left + 9999) / 10000;
    const DWORD turn = ms > SLICE_MS ? SLICE_MS : (DWORD)ms;
    const DWORD got = WaitForSingleObject(share->real, turn);
    if (got != WAIT_TIMEOUT) return got == WAIT_OBJECT_0 ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    if (left != INT64_MAX && (left -= (int64_t)turn * 10000) <= 0) return STATUS_TIMEOUT;
    if (linux_hung_up(channel)) return STATUS_TIMEOUT;
  }
}

void serve_line(struct share *share, int channel) {
  int balance = 0;
  struct sh_sync said;
  while (linux_receive(channel, &said, sizeof said, NULL) == sizeof said) {
    struct sh_sync answer = {said.verb, 0, 0, {0, 0, 0}};
    if (said.verb == SH_UNWANT) {
      unwant(share, said.flags & SH_TAKEN, &balance);
      continue;
    }
    const int takes = said.verb == SH_TAKE_NOW && share->op != OP_MUTEX_OPEN;
    if (said.verb == SH_WANT) want(share, &balance);
    else answer.status = takes ? take_now(share, channel, said.values[0]) : do_verb(share->op, share->real, &said, &answer);
    if (!linux_send(channel, &answer, sizeof answer, NULL, 0, 0)) continue;
    if (takes && answer.status == STATUS_SUCCESS) put_back(share);  // whom it was for is gone
    break;
  }
  EnterCriticalSection(&share->lock);
  share->wants -= balance;
  share->lines--;
  settle(share);
  LeaveCriticalSection(&share->lock);
}
