// What an agent sees of a Windows program inside one VM: one of each kind, by its Windows name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, type LabRow, PEOPLE, type Ran } from './lab.js';
import { buildWindows, lacking, lines, why } from './windows_fixtures.js';

// What programs of 32 bits call system32 is syswow64.
const CMD = `C:\\windows\\${process.env.SHUTTLE_TEST_32 === 'user' ? 'syswow64' : 'system32'}\\cmd.exe`;
const [ABSENT, DONE] = [-1073741772, 0];

const SEEN: readonly (readonly [op: string, object: string, verdict: string, status: number, detail?: unknown])[] = [
  ['mutex.create', 'Local\\lab-mutex', 'passed', DONE],
  ['mutex.open', 'Global\\lab-no-mutex', 'absent', ABSENT],
  ['event.create', 'Global\\lab-event', 'passed', DONE],
  ['event.open', 'Local\\lab-no-event', 'absent', ABSENT],
  ['semaphore.create', 'Local\\lab-semaphore', 'passed', DONE],
  ['timer.create', 'Local\\lab-timer', 'passed', DONE],
  ['memory.create', 'Local\\lab-section', 'passed', DONE],
  ['mutex.create', 'Local\\lab-ключ-😀-\\xed\\xa0\\x80', 'passed', DONE],
  ['mailslot.serve', '\\\\.\\mailslot\\lab\\slot', 'passed', DONE],
  ['mailslot.send', '\\\\.\\mailslot\\lab\\slot', 'passed', DONE],
  ['pipe.connect', '\\\\.\\pipe\\lab-no-pipe', 'absent', ABSENT],
  ['window.find', 'lab-no-class', 'absent', ABSENT, { title: 'lab title' }],
  ['window.broadcast', '*', 'passed', DONE, { message: 'lab-message' }],
  ['clipboard.write', 'CF_UNICODETEXT', 'passed', DONE],
  ['clipboard.read', 'CF_UNICODETEXT', 'passed', DONE],
  ['clipboard.read', 'lab-format', 'absent', ABSENT],
  ['atom.add', 'lab-format', 'passed', DONE],
  ['dde.connect', 'lab-service|lab-topic', 'absent', ABSENT],
  ['registry.write', 'HKCU\\Software\\Lab', 'redirected', DONE],
  ['registry.write', 'HKCU\\Software\\Lab\\\\answer', 'redirected', DONE],
  ['registry.read', 'HKCU\\Software\\Lab', 'passed', DONE],
  ['registry.read', 'HKLM\\Software\\No Lab', 'absent', ABSENT],
  ['process.open', CMD, 'passed', DONE, { pid: expect.any(Number) }],
  ...(['memory', 'thread'] as const).map(
    (by) => ['process.open', CMD, 'passed', DONE, { pid: expect.any(Number), by }] as const,
  ),
  ...(['memory', 'handle', 'apc'] as const).map(
    (by) => ['process.write', CMD, 'passed', DONE, { pid: expect.any(Number), by }] as const,
  ),
];

describe.skipIf(lacking !== '')(`what an agent sees${why}`, () => {
  let lab: Lab;
  let ran: Ran;
  let rows: (LabRow & { image: string; pid: number; tid: number })[];

  beforeAll(() => {
    lab = new Lab(PEOPLE[0] as (typeof PEOPLE)[number], false);
    lab.system(`
shuttle: 1
system: lab
main: a
vms:
  a: { program: [${buildWindows(lab, 'uses', '-luser32')}] }
`);
    ran = lab.shuttle('learn');
    rows = ran.rows.filter((row) => row.source === 'agent') as typeof rows;
  }, 1_800_000);
  afterAll(() => lab.end());

  test.each(SEEN)('%s of %s: %s', (op, object, verdict, status, detail) => {
    const found = rows.filter((row) => row.op === op && row.object === object && row.image.endsWith('\\uses.exe'));
    const said = found.map((row) => ({ ...row, detail: JSON.parse(row.detail ?? 'null') as unknown }));
    const wanted = { verdict, status, vm: 'a', peer: verdict === 'passed' ? 'a' : null };
    expect(said).toContainEqual(expect.objectContaining(detail === undefined ? wanted : { ...wanted, detail }));
  });

  test('the program’s last error is its own', () => expect(lines(ran)).toEqual(['error 2']));

  test('what every prefix has of the registry is no row', () => {
    expect(rows.filter((row) => row.op === 'registry.read' && /Microsoft/i.test(row.object))).toEqual([]);
  });

  test('what Wine starts by itself is seen as well, and services', () => {
    const images = new Set(rows.map((row) => row.image.split('\\').at(-1)));
    for (const image of ['services.exe', 'winedevice.exe', 'uses.exe']) expect(images).toContain(image);
  });

  test('nothing of it becomes a rule, and nothing was lost', () => {
    expect(readFileSync(lab.file, 'utf8')).not.toMatch(/allow: (?!file)/);
    const { ledger } = JSON.parse(readFileSync(join(ran.run, 'run.json'), 'utf8')) as { ledger: { agent: unknown } };
    expect(ledger.agent).toEqual({ seen: rows.length, stored: rows.length, lost: 0 });
  });
});
