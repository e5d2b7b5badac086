// Names are chosen by programs nobody trusts: here they become text that no browser takes for anything else.
import { printable } from '../../native/contract/printable.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Halves of pairs are no characters: a file of UTF-8 cannot hold them.
const whole = (text: string): string => Buffer.from(text).toString();

/** Text for elements and quoted attributes, of HTML and of SVG alike. */
export const escapeMarkup = (text: string): string =>
  printable(whole(text)).replace(/[&<>"']/g, (char) => ENTITIES[char]!);

/** JSON that may stand inside a script element: nothing in it ends the element or begins another. */
export const escapeJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Text for a Markdown table's cell, in code: no bar, no line and no fence of its own. */
export function escapeMarkdown(text: string): string {
  const plain = printable(whole(text)).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = /^`|`$|^ .* $/.test(plain) ? ' ' : '';
  return plain === '' ? '' : `${fence}${space}${plain}${space}${fence}`;
}
