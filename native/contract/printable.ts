// Names are chosen by programs nobody trusts; printed, they must not reach a terminal's controls.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text on one line that moves no cursor and turns no writing round: names are chosen by programs nobody trusts. */
export const printable = (text: string): string =>
  text.replace(CONTROLS, (char) => NAMED[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`);
