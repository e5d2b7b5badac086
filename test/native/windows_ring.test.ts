// The reader of an agent's ring, against what a hostile program may put there. The layout is native/windows/wire.h's.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const RING = 256 * 1024;
const ENTRY = 32;
const [FREE, FILLED, PADDING] = [0, 0x5245, 0x5041];

interface Piece {
  at: number;
  bytes: Buffer;
}
interface Round {
  fresh?: boolean;
  head: number | bigint;
  lost?: number | bigint;
  pieces: Piece[];
}
interface Read {
  events: [op: number, seen: number, status: number, access: number, object: string, detail: string][];
  lost: number;
  tail: number;
}

interface Entry {
  state?: number;
  bytes?: number;
  op?: number;
  object?: string;
  objectBytes?: number;
  detail?: string;
  detailBytes?: number;
}

const sizeOf = (texts: number): number => Math.ceil((ENTRY + texts) / ENTRY) * ENTRY;

function entry({ state = FILLED, op = 1, object = '', detail = '', ...said }: Entry): Buffer {
  const texts = Buffer.concat([Buffer.from(object), Buffer.from(detail)]);
  const out = Buffer.alloc(sizeOf(texts.length));
  out.writeUInt32LE(state, 0);
  out.writeUInt32LE(said.bytes ?? out.length, 4);
  out.writeUInt16LE(op, 8);
  out.writeInt32LE(-1073741772, 16);
  out.writeUInt32LE(3, 20);
  out.writeUInt32LE(said.objectBytes ?? Buffer.byteLength(object), 24);
  out.writeUInt32LE(said.detailBytes ?? Buffer.byteLength(detail), 28);
  texts.copy(out, ENTRY);
  return out;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-ring-'));
  const sources = ['native/test/ring_driver.cc', 'native/engine/windows/ring.cc'].map((file) => resolve(file));
  const checks = ['-fsanitize=address,undefined', '-fno-sanitize-recover'];
  execFileSync('g++', ['-O1', '-std=c++20', ...checks, '-o', join(folder, 'driver'), ...sources], { stdio: 'inherit' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(rounds: readonly Round[]): Read[] {
  const input: Buffer[] = [];
  for (const { fresh = false, head, lost = 0, pieces } of rounds) {
    const start = Buffer.alloc(24);
    start.writeBigUInt64LE(BigInt(head), 0);
    start.writeBigUInt64LE(BigInt(lost), 8);
    start.writeUInt32LE(pieces.length, 16);
    start.writeUInt32LE(fresh ? 1 : 0, 20);
    input.push(start);
    for (const { at, bytes } of pieces) {
      const where = Buffer.alloc(8);
      where.writeUInt32LE(at, 0);
      where.writeUInt32LE(bytes.length, 4);
      input.push(where, bytes);
    }
  }
  const done = spawnSync(join(folder, 'driver'), { input: Buffer.concat(input), encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
  return done.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Read);
}

const hex = (text: string): string => Buffer.from(text).toString('hex');

describe('a ring as an agent writes it', () => {
  test('gives what was written, in order', () => {
    const one = entry({ op: 14, object: 'Local\\a', detail: '{"x":1}' });
    const two = entry({ op: 15, object: 'Global\\ключ' });
    const [got] = read([{ head: one.length + two.length, pieces: [{ at: 0, bytes: Buffer.concat([one, two]) }] }]);
    expect(got?.events).toEqual([
      [14, 0, -1073741772, 3, hex('Local\\a'), hex('{"x":1}')],
      [15, 0, -1073741772, 3, hex('Global\\ключ'), ''],
    ]);
    expect(got?.tail).toBe(one.length + two.length);
    expect(got?.lost).toBe(0);
  });

  test('waits at an entry that is not written yet, and goes on when it is', () => {
    const [one, two] = [entry({ object: 'a' }), entry({ object: 'b' })];
    const head = one.length + two.length;
    const rounds = read([
      { head, pieces: [{ at: one.length, bytes: two }] },
      { head, pieces: [{ at: 0, bytes: one }] },
    ]);
    expect(rounds.map((round) => round.events.map((event) => event[4]))).toEqual([[], [hex('a'), hex('b')]]);
  });

  test('goes round the end by padding', () => {
    const long = 'n'.repeat(32_000);
    const rounds: Round[] = [];
    let head = 0;
    for (let i = 0; i < 20; i++) {
      const bytes = entry({ object: long, op: i });
      const pieces: Piece[] = [];
      const left = RING - (head % RING);
      if (left < bytes.length) {
        pieces.push({ at: head % RING, bytes: entry({ state: PADDING, bytes: left }) });
        head += left;
      }
      pieces.push({ at: head % RING, bytes });
      head += bytes.length;
      rounds.push({ head, pieces });
    }
    expect(read(rounds).flatMap((round) => round.events.map((event) => event[0]))).toEqual([...rounds.keys()]);
  });

  test('counts what the agent could not keep, once', () => {
    const rounds = read([
      { head: 0, lost: 7, pieces: [] },
      { head: 0, lost: 9, pieces: [] },
      { head: 0, lost: 3, pieces: [] },
    ]);
    expect(rounds.map((round) => round.lost)).toEqual([7, 2, 0]);
  });
});

describe('a ring that lies', () => {
  test.each<[string, Entry]>([
    ['an entry of no bytes', { bytes: 0 }],
    ['an entry smaller than its head', { bytes: 8 }],
    ['an odd size', { bytes: 33 }],
    ['more bytes than were reserved', { bytes: 64 }],
    ['more bytes than the ring has', { bytes: 0xffffffe0 }],
    ['a name longer than the entry', { objectBytes: 4096 }],
    ['a detail longer than the entry', { detailBytes: 4096 }],
    ['lengths that add up over 2^32', { objectBytes: 0xffffffff, detailBytes: 2 }],
    ['a state that is none', { state: 77 }],
  ])('%s: given up, counted, and what comes later is read', (_, lie) => {
    const bad = entry(lie);
    const good = entry({ object: 'good' });
    const rounds = read([
      { head: bad.length, pieces: [{ at: 0, bytes: bad }] },
      { head: bad.length + good.length, pieces: [{ at: bad.length, bytes: good }] },
    ]);
    expect(rounds[0]).toMatchObject({ events: [], lost: 1 });
    expect(rounds[1]?.events.map((event) => event[4])).toEqual([hex('good')]);
  });

  test.each([
    ['before the reader', -64n],
    ['further than the ring is long', BigInt(RING) + 32n],
    ['between entries', 5n],
    ['at the end of numbers', 2n ** 64n - 32n],
  ])('a head %s counts as damage', (_, head) => {
    const [got] = read([{ fresh: true, head: BigInt.asUintN(64, head), pieces: [] }]);
    expect(got).toMatchObject({ events: [], lost: 1, tail: 0 });
  });

  test('any bytes at all: no crash, no event longer than allowed', () => {
    const word = fc.oneof(
      fc.constantFrom(FREE, FILLED, PADDING, 32, 64, RING, 0xffffffff),
      fc.nat({ max: 0xffffffff }),
    );
    const lie = fc.record({
      head: fc.nat({ max: (RING / 32) * 2 }),
      at: fc.nat({ max: RING / 32 - 4 }),
      words: fc.array(word, { minLength: 8, maxLength: 24 }),
    });
    fc.assert(
      fc.property(fc.array(lie, { minLength: 1, maxLength: 40 }), (lies) => {
        const rounds = lies.map(({ head, at, words }): Round => {
          const bytes = Buffer.alloc(words.length * 4);
          words.forEach((value, i) => {
            bytes.writeUInt32LE(value, i * 4);
          });
          return {
            head: head * 32,
            pieces: [
              { at: at * 32, bytes },
              { at: 0, bytes },
            ],
          };
        });
        for (const { events } of read([{ fresh: true, head: 0, pieces: [] }, ...rounds]))
          for (const event of events)
            expect(event[4].length + event[5].length).toBeLessThanOrEqual(2 * (32 + 8) * 1024);
      }),
      { numRuns: 60 },
    );
  });
});
