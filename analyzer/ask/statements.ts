// Where SQL statements end: at semicolons that stand in no quotes and no comment.

export interface Statements {
  /** Those that are ended, without their semicolons, and without those that say nothing. */
  whole: string[];
  /** What comes after the last semicolon. */
  rest: string;
  /** Whether the rest stands within quotes or a comment, so that no semicolon can end it there. */
  open: boolean;
}

// What hides a semicolon, and where it ends. In E'…' a backslash hides a quote.
const QUOTES: readonly (readonly [begins: RegExp, rest: (begin: string) => RegExp])[] = [
  [/--/y, () => /[^\n]*(\n|$)/y],
  [/\/\*/y, () => /[\s\S]*?\*\//y],
  [/(?<![\w$])[eE]'/y, () => /(?:[^'\\]|\\[\s\S]|'')*'/y],
  [/'/y, () => /(?:[^']|'')*'/y],
  [/"/y, () => /(?:[^"]|"")*"/y],
  [/(?<![\w$])\$(?:[A-Za-z_]\w*)?\$/y, (tag) => new RegExp(`[\\s\\S]*?${tag.replaceAll('$', '\\$')}`, 'y')],
];

export function statementsOf(text: string): Statements {
  const whole: string[] = [];
  let [start, at] = [0, 0];
  while (at < text.length) {
    const quoted = quotedAt(text, at);
    if (quoted !== null) {
      if (quoted.to === null) return { whole, rest: text.slice(start), open: true };
      at = quoted.to;
    } else if (text[at] === ';') {
      const statement = text.slice(start, at);
      if (saysSomething(statement)) whole.push(statement.trim());
      at++;
      start = at;
    } else at++;
  }
  return { whole, rest: text.slice(start), open: false };
}

/** All statements of a text, the last one also where no semicolon ends it. */
export function everyStatement(text: string): string[] {
  const { whole, rest } = statementsOf(text);
  return saysSomething(rest) ? [...whole, rest.trim()] : whole;
}

/** Where quotes or a comment that begin here end; `to` is null where they never do. */
function quotedAt(text: string, at: number): { to: number | null } | null {
  for (const [begins, rest] of QUOTES) {
    begins.lastIndex = at;
    const begin = begins.exec(text)?.[0];
    if (begin === undefined) continue;
    const end = rest(begin);
    end.lastIndex = at + begin.length;
    return { to: end.test(text) ? end.lastIndex : null };
  }
  return null;
}

/** Whether there is more than blanks and comments. */
export function saysSomething(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) at++;
    else if (text.startsWith('--', at) || text.startsWith('/*', at)) at = quotedAt(text, at)?.to ?? text.length;
    else return true;
  }
  return false;
}
