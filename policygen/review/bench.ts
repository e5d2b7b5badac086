// How long a review takes from a key to the frame that shows what it did, with more rules than anybody wrote by hand.
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Group, SeenName } from '../../analyzer/grammar/names.js';
import { parseSystemFile } from '../file/parse.js';
import { printFlow } from '../file/scalar.js';
import { Book } from './book.js';
import { entriesOf } from './entries.js';
import type { ScreenProps } from './screen.js';
import { beginState } from './state.js';

const NAMES_OF_RULE = 12;
const RUNS = 3;
const TIMES = 5;

// Every key that is not a twin of another; text is typed letter by letter, as a person does.
const KEYS = [
  ...['j', 'G', 'g', 'a', 'u', 'y', 'r', 'p', '\t', 'w', 'n', '?', '?', 'x', 'u'],
  ...['e', '\u0015', '/', 'r', 'u', 'n', '/', '{', 'r', 'e', 's', 't', '}', '\r', 'u'],
  ...['/', '4', '2', '\r', '.', 'f', 'r', 'i', 's', 'k', '>', '1', '\r', 'f', '\u0015', '\r'],
];

export interface KeyMeasure {
  key: string;
  /** Milliseconds, the median of its times. */
  ms: number;
}

/** Presses every key at a review of `rules` rules; the measurements, slowest first. */
export async function measureKeys(rules: number): Promise<KeyMeasure[]> {
  process.env.NODE_ENV ??= 'production'; // as the command has it
  const { show } = await import('./screen.js');
  const keyboard = new Keyboard();
  const stdin = keyboard as unknown as NodeJS.ReadStream;
  const terminal = new Screen();
  const done = show(many(rules), { stdin, stdout: terminal });
  await terminal.written(() => keyboard.write('G'));
  const found = new Map<string, number[]>();
  for (let round = 0; round < TIMES; round++)
    for (const [at, key] of KEYS.entries()) {
      const name = `${JSON.stringify(key)} (${at})`;
      const took = await terminal.written(() => keyboard.write(key));
      found.set(name, [...(found.get(name) ?? []), took]);
    }
  keyboard.write('q');
  await terminal.written(() => keyboard.write('d'));
  await done;
  return [...found]
    .map(([key, times]) => ({ key, ms: times.sort((a, b) => a - b)[times.length >> 1]! }))
    .sort((a, b) => b.ms - a.ms);
}

class Keyboard extends PassThrough {
  readonly isTTY = true;
  setRawMode = (): this => this;
  ref = (): this => this;
  unref = (): this => this;
}

class Screen extends EventEmitter {
  readonly columns = 120;
  readonly rows = 40;
  private heard: (() => void) | null = null;

  write(): void {
    this.heard?.();
  }

  /** Milliseconds until something is written after this was done; keys that change nothing on the screen count a turn. */
  async written(act: () => void): Promise<number> {
    const began = performance.now();
    let wrote = 0;
    this.heard = () => {
      wrote = performance.now();
    };
    act();
    // A key is worked off within the turns that follow it: it is over when two of them bring nothing more.
    for (let quiet = 0, last = wrote; quiet < 3; quiet = wrote === last ? quiet + 1 : 0) {
      last = wrote;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    this.heard = null;
    return (wrote || began) - began;
  }
}

type Filling = Omit<Group, 'names'> & { names: SeenName[] };

function many(count: number): ScreenProps {
  const lines = [
    'shuttle: 1',
    'main: app',
    'vms:',
    '  app: { program: [/bin/app] }',
    '  db: { program: [/bin/db] }',
    'rules:',
  ];
  const groups = new Map<string, Filling>();
  for (let at = 0; at < count; at++) {
    const to = ['db', 'host', 'net'][at % 3]!;
    const allow = { db: 'unix.connect', host: 'file.read', net: 'tcp.connect' }[to]!;
    const object = to === 'net' ? `h${at}.example.org:{uint}` : `/run/p${at}/{word}`;
    const evidence = { runs: 1 + (at % RUNS), of: RUNS, times: at };
    lines.push(
      `  - ${printFlow({ id: `r${at}`, allow, from: 'app', to, object, state: 'proposed', needed: 'seen', evidence })}`,
    );
    const group: Filling = groups.get(to) ?? {
      from: 'app',
      to,
      op: allow,
      fold: to === 'net',
      runs: RUN_IDS,
      copies: new Map(),
      names: [],
    };
    groups.set(to, group);
    for (let name = 0; name < NAMES_OF_RULE; name++)
      group.names.push({
        name: to === 'net' ? `h${at}.example.org:${name}` : `/run/p${at}/n${LETTERS[name]}`,
        sightings: [
          { run: name % RUNS, times: 1, worked: true, access: 0, values: [], noise: null, first: 0, last: 0 },
        ],
      });
  }
  for (const { names } of groups.values()) names.sort((a, b) => (a.name < b.name ? -1 : 1));
  const file = parseSystemFile(lines.join('\n'), '/bench.shuttle.yaml');
  const book = new Book(file, [...groups.values()], RUNS);
  return {
    book,
    begin: beginState(file.rules, entriesOf(file.rules, book.facts)),
    hand: { by: 'bench', now: () => '2026-11-22T12:00:00Z' },
    outside: {
      save: async (state, leave) => ({ do: 'saved', rules: state.rules, message: 'saved', leave }),
      evidence: async (id) => ({ id, rows: [] }),
    },
    colour: true,
  };
}

const RUN_IDS = Array.from({ length: RUNS }, (_, at) => `r${at}`);
const LETTERS = 'abcdefghijkl';
