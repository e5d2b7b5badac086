// What named objects of Windows programs cost under the agent and across VMs, against plain Wine.
import { existsSync } from 'node:fs';
import type { CompiledRule } from '../../native/contract/rules.js';
import { findWine } from '../../tracer/windows/wine.js';
import { type Figure, figure, skipped, type Target } from '../figure.js';
import { Prefix } from '../plain_wine.js';
import { interleave } from '../rounds.js';
import type { Bench, Group } from '../row.js';
import { inside } from '../timer.js';
import { Vms } from '../vms.js';
import { builtWindows, COMPILER, rule } from './windows_parts.js';

const EXPORTED = 'Local\\bench-exported';
const WINDOW = 'bench-window';
const EXPORTED_FILE = 'C:\\users\\bench-exported';
const MEGABYTES = 32; // written and read in each turn of `section`

interface Row {
  name: string;
  /** The program's words besides its name. */
  words: readonly [what: string, name: string, times: number];
  /** What the other program does meanwhile, where there is one. */
  owner?: readonly [what: 'own' | 'show', name: string, turns: number];
  unit: 'us' | 'GB/s';
  said: string;
  target: Target;
}

const ROWS: readonly Row[] = [
  {
    name: 'agent-object',
    words: ['mutex', 'Local\\bench-private', 3000],
    unit: 'us',
    said: 'a named mutex opened and closed, its name nobody else’s',
    target: { of: 'ratio', most: 1.05 },
  },
  {
    name: 'agent-object:exported',
    words: ['mutex', EXPORTED, 3000],
    unit: 'us',
    said: 'the same, a rule letting another VM reach it',
    target: { of: 'ratio', most: 1.4 },
  },
  {
    name: 'agent-file',
    words: ['file', 'C:\\users\\bench-file', 3000],
    unit: 'us',
    said: 'a file opened and closed',
    target: { of: 'ratio', most: 1.05 },
  },
  {
    name: 'agent-file:exported',
    words: ['file', EXPORTED_FILE, 3000],
    unit: 'us',
    said: 'the same, a rule letting another VM read it',
    target: { of: 'ratio', most: 1.4 },
  },
  {
    name: 'missing-name',
    words: ['missing', '\\\\.\\pipe\\bench-none', 3000],
    unit: 'us',
    said: 'a pipe that is nowhere, until “not found”',
    target: { of: 'ratio', most: 2.5 },
  },
  {
    name: 'section',
    words: ['section', 'bench', 20],
    owner: ['own', 'bench', 0],
    unit: 'GB/s',
    said: 'memory of the other VM’s section written and read',
    target: { of: 'ratio', least: 0.95 },
  },
  {
    name: 'event-signal',
    words: ['signal', 'bench', 2000],
    owner: ['own', 'bench', 1],
    unit: 'us',
    said: 'an event set until who waits in the other VM runs, half a round trip',
    target: { of: 'ratio', most: 2 },
  },
  {
    name: 'window-send',
    words: ['send', WINDOW, 2000],
    owner: ['show', WINDOW, 0],
    unit: 'us',
    said: 'SendMessage to a window of the other VM, until its answer is there',
    target: { of: 'ratio', most: 5 },
  },
];

export const windowsObjects: readonly Group[] = ROWS.map((row) => ({
  names: [row.name],
  unit: row.unit,
  measure: (bench) => measure(row, bench),
}));

async function measure(row: Row, { lab, rounds, progress }: Bench): Promise<Figure[]> {
  const wine = findWine();
  if (wine === null) return [skipped(row.name, row.unit, 'Wine is not installed')];
  if (!existsSync(COMPILER)) return [skipped(row.name, row.unit, 'mingw-w64 is not installed')];
  const program = builtWindows(lab, 'objects');
  const words = [program, ...row.words.map(String)];
  const owner = row.owner && [program, ...row.owner.map(String)];
  const vms = await Vms.open(lab, { mode: 'enforce', rules: RULES, vms: VMS(program) }, progress);
  const plain = new Prefix(lab, wine, `objects-${row.name.replace(':', '-')}`);
  try {
    // Without a display windows need Wine's null driver, which VMs have by themselves, from the server's start on.
    await plain.run('reg', 'add', 'HKCU\\Software\\Wine\\Drivers', '/v', 'Graphics', '/d', 'null', '/f');
    if (owner) {
      await vms.start('owner', owner, 'served');
      plain.keep(...owner);
    }
    const found = await interleave(rounds(5), {
      plain: async () => figureOf(row, await plain.print(...words)),
      ours: async () => figureOf(row, await vms.print('app', words)),
    });
    const said = `${row.said}; against two processes in one plain prefix`;
    return [figure(row.name, row.unit, { ours: found.ours, theirs: found.plain }, said, row.target)];
  } finally {
    await plain.close();
    await vms.close();
  }
}

function figureOf(row: Row, printed: string): number {
  const each = (inside(printed) * 1000) / row.words[2];
  if (row.unit === 'GB/s') return (MEGABYTES * 1048.576) / each;
  return row.name === 'event-signal' ? each / 2 : each;
}

const VMS = (program: string) => [
  { name: 'app', program: [program] },
  { name: 'owner', program: [program] },
];

const RULES: readonly CompiledRule[] = [
  rule('exported', ['mutex.open'], 'owner', 'app', EXPORTED),
  rule('window', ['window.find', 'window.send'], 'app', 'owner', WINDOW),
  rule('exported-file', ['file.read'], 'owner', 'app', EXPORTED_FILE),
  rule('memory', ['memory.open'], 'app', 'owner', 'Local\\bench-memory'),
  ...['ping', 'pong', 'done'].map((what) => rule(what, ['event.open'], 'app', 'owner', `Local\\bench-${what}`)),
];
