// The names that the algebra of patterns speaks of. What a bound token stands for is not known before a run, so such a
// name is written with symbols: characters, a symbol for each bound token, and the border between a name and each of the
// arguments that go with it. A symbol is read by the tokens that admit whatever its values may be, as one character is.
import { foldName } from '../../native/contract/fold.js';
import type { Pattern, PatternPart } from '../../native/contract/rules.js';
import { type Machine, machineOf, type Reader, type Spelling } from './machine.js';
import { printPattern } from './text.js';
import { spellingOf } from './tokens.js';

/** What a rule says of names: its pattern, whether case is ignored, and patterns of arguments (null: any). */
export interface Naming {
  pattern: Pattern;
  fold: boolean;
  args?: readonly Pattern[] | null;
  /** Over what `{given}` has to have come: values of different carriers are different. */
  carrier?: string | null;
}

// No character is this long.
const BORDER = '{|}';
const isChar = (symbol: string): boolean => symbol.length < 3;
const symbolOf = (token: string, carrier: string | null): string =>
  token === 'given' ? `{given ${carrier}}` : `{${token}}`;

const NUMBERS = new Set(['{pid}', '{win.pid}', '{peer.pid}', '{peer.win.pid}', '{uid}', '{session}']);
const NAMES = new Set(['{user}', '{host}']);
const TAKES: Partial<Record<string, (symbol: string) => boolean>> = {
  uint: (symbol) => NUMBERS.has(symbol),
  hex: (symbol) => NUMBERS.has(symbol),
  word: (symbol) => NUMBERS.has(symbol),
  name: (symbol) => NUMBERS.has(symbol) || NAMES.has(symbol),
  rest: () => true,
};

// One reader for each meaning, so that an alphabet has few to ask.
const readers = new Map<string, Reader>();
const fixed = new Map<Reader, readonly [exact: Reader, folded: Reader]>();

function remembered(key: string, make: () => Reader): Reader {
  const known = readers.get(key) ?? make();
  readers.set(key, known);
  return known;
}

const border = remembered('border', () => (symbol) => symbol === BORDER);
const anything = remembered('anything', () => () => true);

function characters(text: string, fold: boolean): Reader[] {
  return [...text].map((wanted) => {
    const char = fold ? foldName(wanted) : wanted;
    return remembered(`${fold ? '~' : '='}${char}`, () =>
      fold ? (symbol) => isChar(symbol) && foldName(symbol) === char : (symbol) => symbol === char,
    );
  });
}

/** A reader of a fixed place takes characters only. */
function place(reads: Reader, fold: boolean): Reader {
  let both = fixed.get(reads);
  if (both === undefined) {
    both = [(symbol) => isChar(symbol) && reads(symbol), (symbol) => isChar(symbol) && reads(foldName(symbol))];
    fixed.set(reads, both);
  }
  return both[fold ? 1 : 0];
}

function spell(part: PatternPart, fold: boolean, carrier: string | null): Spelling {
  if (typeof part === 'string') return { chains: [characters(part, fold)] };
  const plain = spellingOf(part);
  if (plain === undefined) {
    const wanted = symbolOf(part.token, carrier);
    return { chains: [[remembered(wanted, () => (symbol) => symbol === wanted)]] };
  }
  if ('chains' in plain) return { chains: plain.chains.map((chain) => chain.map((reads) => place(reads, fold))) };
  const takes = TAKES[part.token]!;
  const repeated = remembered(`{${part.token}}${fold ? '~' : '='}`, () => (symbol) => {
    if (isChar(symbol)) return plain.repeated(fold ? foldName(symbol) : symbol);
    return symbol !== BORDER && takes(symbol);
  });
  return { ...plain, repeated };
}

/** The automaton of a rule's names. Where `withArgs`, arguments follow each name, each after a border, and a border ends. */
export function automatonOf({ pattern, fold, args, carrier = null }: Naming, withArgs: boolean): Machine {
  const object = pattern.map((part) => spell(part, fold, carrier));
  if (!withArgs) return machineOf(object);
  const bordered: Spelling = { chains: [[border]] };
  if (args == null) return machineOf([...object, bordered, { repeated: anything, mayBeEmpty: true }]);
  // Case counts in arguments.
  const following = args.flatMap((one) => [...one.map((part) => spell(part, false, carrier)), bordered]);
  return machineOf([...object, bordered, ...following]);
}

/** One symbol for all that nobody tells apart, and who reads it. */
export interface Atom {
  symbol: string;
  readBy: ReadonlySet<Reader>;
}

// Every character that no literal names is like one of these; the nicest come first, since examples are made of them.
const PLAIN = [...'x0123456789abcdefABCDEF_-:/\\'];
const LETTERS = [...'xyzqwvutsr', '\u00e4', '\u0436'];
const OTHERS = [...'.~ +,;=!', '\u20ac', '\u2603'];

const literalsOf = ({ pattern, args }: Naming): string[] =>
  [pattern, ...(args ?? [])].flatMap((one) => one.filter((part) => typeof part === 'string'));

/** The symbols that automata of these names can tell apart. */
export function alphabetOf(names: readonly Naming[], machines: readonly Machine[]): Atom[] {
  const literal = new Set(names.flatMap(literalsOf).flatMap((text) => [...text]));
  const cased = [...literal].flatMap((char) => [char, ...otherCases(char)]);
  const generic = (choice: readonly string[]) => choice.find((char) => !cased.includes(char)) ?? unlike(choice, cased);
  const tokens = names.flatMap(({ pattern, args, carrier = null }) =>
    [pattern, ...(args ?? [])]
      .flat()
      .flatMap((part) => (typeof part === 'string' ? [] : [symbolOf(part.token, carrier)])),
  );
  const all = new Set([generic(LETTERS), ...literal, ...PLAIN, ...cased, generic(OTHERS), ...tokens, BORDER]);
  const asked = [...new Set(machines.flatMap(({ steps }) => steps.map(({ reads }) => reads)))];
  const atoms = new Map<string, Atom>();
  for (const symbol of all) {
    const by = asked.map((reads) => reads(symbol));
    const key = by.map(Number).join('');
    if (!atoms.has(key)) atoms.set(key, { symbol, readBy: new Set(asked.filter((_, at) => by[at])) });
  }
  return [...atoms.values()];
}

/** Characters that Windows takes for the same one. */
function otherCases(char: string): string[] {
  const folded = foldName(char);
  return [folded, folded.toLowerCase(), char.toLowerCase()].filter(
    (other) => other !== char && foldName(other) === folded,
  );
}

// All of the usual ones stand in literals: the next of the same kind, letter or not, that does not.
function unlike(choice: readonly string[], taken: readonly string[]): string {
  const letters = choice === LETTERS;
  for (let code = letters ? 0x4e00 : 0x2190; ; code++) {
    const char = String.fromCodePoint(code);
    if (!taken.includes(char)) return char;
  }
}

/** An example as a pattern without free tokens, and those of its arguments. */
export function printExample(symbols: readonly string[]): { object: string; args: string[] } {
  const texts = [''];
  for (const symbol of symbols) {
    if (symbol === BORDER) texts.push('');
    else
      texts[texts.length - 1] += isChar(symbol) ? printPattern([symbol]) : symbol.replace(/^\{given .*\}$/s, '{given}');
  }
  const [object = '', ...args] = texts;
  return { object, args: args.slice(0, -1) };
}
