// Finding whole names in messages, whatever way they are written: with either slash, a drive, a device or a UNC prefix,
// as a URL of a file, or with short (8.3) names. Time is linear in the text.

const LONGEST = 2048;
const MOST_LENGTHS = 64;
// What stands between the words of a message; a name's last word is what it is found by.
const WORDS = /[^\s/\\"'<>|:;,=()[\]{}&#?\0]+/g;

/** A text with one kind of slash and no prefixes, so that all ways to write a name come out alike. */
export function plainText(text: string, fold: boolean): string {
  const plain = text
    .replaceAll('\\', '/')
    .replace(/file:\/\/[^/]*/gi, 'file:')
    .replace(/\/\/[^/\s]{1,255}\/([A-Za-z])\$\//g, '$1:/');
  return fold ? plain.toLowerCase() : plain;
}

/** The plain texts that stand for a name. */
export function keysOf(name: string, fold: boolean): string[] {
  if (name.length > LONGEST) return [];
  const key = plainText(name, fold);
  const drive = /^[A-Za-z]:(\/.*)$/s.exec(key);
  // Windows programs see the host's files on drive Z.
  const keys = [key, ...(drive !== null && /^z:/i.test(key) ? [drive[1]!] : [])];
  if (drive === null) return keys;
  const short = shortKey(key);
  return short === key ? keys : [...keys, short];
}

/** With every long part as `progra~.txt`: the number after it is not known beforehand. */
function shortKey(key: string): string {
  const shorten = (part: string, place: number): string => {
    const dot = part.lastIndexOf('.');
    const [base, end] = dot > 0 ? [part.slice(0, dot), part.slice(dot + 1)] : [part, ''];
    if (place === 0 || (base.length <= 8 && end.length <= 3 && !/[ .]/.test(base))) return part;
    return `${base.replace(/[ .]/g, '').slice(0, 6)}~${end === '' ? '' : `.${end.slice(0, 3)}`}`;
  };
  return key.split('/').map(shorten).join('/');
}

interface Tail {
  /** Lengths of the keys with this last word, and how much comes after the word. */
  shapes: Map<string, { length: number; after: number }>;
  keys: Map<string, number[]>;
}

/** Looks for many names at once. */
export class PathFinder {
  private readonly tails = new Map<string, Tail>();

  constructor(private readonly fold: boolean) {}

  get isEmpty(): boolean {
    return this.tails.size === 0;
  }

  /** A name to look for, and the number it is reported by. */
  add(name: string, number: number): void {
    for (const key of keysOf(name, this.fold)) {
      const last = [...key.matchAll(WORDS)].at(-1);
      if (last === undefined || !key.includes('/')) continue;
      const tail = this.tails.get(last[0]) ?? { shapes: new Map(), keys: new Map() };
      this.tails.set(last[0], tail);
      const after = key.length - last.index - last[0].length;
      if (tail.shapes.size < MOST_LENGTHS) tail.shapes.set(`${key.length} ${after}`, { length: key.length, after });
      tail.keys.set(key, [...(tail.keys.get(key) ?? []), number]);
    }
  }

  /** Calls `found` for each name that stands in the text, at times more than once. */
  find(text: string, found: (number: number) => void): void {
    const plain = plainText(text, this.fold);
    this.findIn(plain, found);
    if (plain.includes('~')) this.findIn(plain.replace(/~[0-9]+/g, '~'), found);
  }

  private findIn(text: string, found: (number: number) => void): void {
    for (const match of text.matchAll(WORDS)) {
      const [word] = match;
      const end = match.index + word.length;
      this.look(text, word, end, found);
      const bare = word.replace(/[.!]+$/, '');
      if (bare !== word) this.look(text, bare, end - (word.length - bare.length), found);
    }
  }

  private look(text: string, word: string, end: number, found: (number: number) => void): void {
    const tail = this.tails.get(word);
    if (tail === undefined) return;
    for (const { length, after } of tail.shapes.values()) {
      const start = end + after - length;
      if (start < 0 || !standsAlone(text, start, end + after)) continue;
      for (const number of tail.keys.get(text.slice(start, end + after)) ?? []) found(number);
    }
  }
}

// Not the end of a longer path, nor its beginning.
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text[start - 1];
  const after = text[end];
  if (before !== undefined && (/[\p{L}\p{N}_.~-]/u.test(before) || (before === '/' && text[start] === '/')))
    return false;
  if (after === undefined) return true;
  return !/[\p{L}\p{N}_~/-]/u.test(after) && !(after === '.' && /[\p{L}\p{N}]/u.test(text[end + 1] ?? ''));
}
