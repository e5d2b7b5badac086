import { expect, test } from 'vitest';
import { runId } from '../../../tracer/session/run_id.js';

test.each([
  ['2026-11-22T10:15:00.000Z', 0, '20261122T101500Z-0000'],
  ['2026-11-22T10:15:00.500Z', 0, '20261122T101500Z-8000'],
  ['2026-11-22T10:15:00.999Z', 64, '20261122T101500Z-fffe'],
])('%s', (began, spare, id) => expect(runId(new Date(began), spare)).toBe(id));

test('runs of one second sort in the order in which they began', () => {
  const ids = Array.from({ length: 1000 }, (_, ms) => runId(new Date(Date.UTC(2026, 0, 1, 0, 0, 0, ms))));
  expect([...ids].sort()).toEqual(ids);
});
