import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { after } from '../../../tracer/session/timer.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// 3,000,000 s is more than Node's timers take.
test.each([1, 2 ** 31 - 1, 2 ** 31, 3_000_000_000, 10_000_000_000])('calls once, after %d ms and not before', (ms) => {
  const call = vi.fn();
  after(ms, call);
  vi.advanceTimersByTime(ms - 1);
  expect(call).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('can be called off at any time', () => {
  const call = vi.fn();
  const off = after(3_000_000_000, call);
  vi.advanceTimersByTime(2 ** 31 + 5);
  off();
  expect(vi.getTimerCount()).toBe(0);
});
