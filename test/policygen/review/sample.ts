// A review of a few rules over made-up records, for tests of the reducer and of the screens.
import type { Group } from '../../../analyzer/grammar/names.js';
import { Book } from '../../../policygen/review/book.js';
import { entriesOf } from '../../../policygen/review/entries.js';
import { type Action, reduce } from '../../../policygen/review/reduce.js';
import { beginState, type State } from '../../../policygen/review/state.js';
import { system } from '../explain/system.js';

export const RULES = [
  "{ id: ask, allow: tcp.connect, from: app, to: db, object: '127.0.0.1:5544', needed: proven, evidence: { runs: 3, of: 3, times: 41 } }",
  "{ id: job, allow: unix.connect, from: db, to: app, object: '/run/job-{word}.sock', needed: seen, evidence: { runs: 2, of: 3, times: 2 } }",
  "{ id: net, allow: tcp.connect, from: app, to: net, object: 'example.org:443', needed: seen, evidence: { runs: 1, of: 3, times: 1 } }",
  "{ id: etc, allow: [file.read, file.list], from: db, to: host, object: '/etc/orders/main.conf', needed: seen, evidence: { runs: 3, of: 3, times: 9 } }",
  "{ id: old, allow: dns.resolve, from: app, to: net, object: 'example.org', state: accepted, decided: { by: ann, at: 2026-11-22T10:00:00Z } }",
];

const sighting = (run: number, times: number) => ({
  run,
  times,
  worked: true,
  access: 0,
  values: [],
  noise: null,
  first: 0,
  last: 0,
});
const group = (op: string, from: string, to: string, names: Record<string, number[]>): Group => ({
  from,
  to,
  op,
  fold: op.startsWith('tcp'),
  runs: ['r1', 'r2', 'r3'],
  copies: new Map(),
  names: Object.entries(names).map(([name, runs]) => ({ name, sightings: runs.map((run) => sighting(run, 2)) })),
});

export const GROUPS: Group[] = [
  group('tcp.connect', 'app', 'db', { '127.0.0.1:5544': [0, 1, 2] }),
  group('unix.connect', 'db', 'app', { '/run/job-17.sock': [0], '/run/job-9.sock': [1], '/run/other': [2] }),
  group('tcp.connect', 'app', 'net', { 'example.org:443': [0] }),
  group('file.read', 'db', 'host', { '/etc/orders/main.conf': [0, 1, 2], '/etc/orders/local.conf': [2] }),
];

export const HAND = { by: 'bob', now: () => '2026-11-22T12:00:00Z' };

export function sample(
  rules: readonly string[] = RULES,
  groups: readonly Group[] = GROUPS,
): { book: Book; state: State } {
  const file = system(...rules);
  const book = new Book(file, groups, 3);
  return { book, state: beginState(file.rules, entriesOf(file.rules, book.facts)) };
}

/** The state after some actions. */
export const play = (book: Book, state: State, ...actions: Action[]): State =>
  actions.reduce((now, action) => reduce(now, action, book, HAND), state);
