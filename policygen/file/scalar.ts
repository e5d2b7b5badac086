// Values as YAML text: plain where every reader takes it for the same text, else in single quotes, where a backslash is
// itself; double quotes only for what cannot be typed.

const PLAIN = /^[A-Za-z0-9_/.][A-Za-z0-9_/.:@%+=~-]*$/;
/** What YAML 1.2, or an older reader, takes for something else than text. */
const LOOKS_OTHER =
  /^(null|true|false|yes|no|on|off|y|n|[.](inf|nan)|[-+]?[.]?[0-9][0-9_]*([.][0-9_]*)?(e[-+]?[0-9]+)?|0[xob][0-9a-f_]+|[0-9]+(:[0-9]+)+([.][0-9]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[.]+|=)$/i;
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$/;
/** Control characters, half characters and invisible line ends: what nobody can see or type. */
const UNTYPABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]/u;
const ESCAPED = new RegExp(`["\\\\]|${UNTYPABLE.source}`, 'gu');

/** Text as a scalar that may stand anywhere, in a flow list too. */
export function printText(text: string): string {
  if (UNTYPABLE.test(text)) return `"${text.replace(ESCAPED, escaped)}"`;
  if (INSTANT.test(text)) return text;
  if (PLAIN.test(text) && !text.endsWith(':') && !LOOKS_OTHER.test(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

/** By number and never by letter, since a letter after a backslash is taken for a Windows path in the wrong quotes. */
const escaped = (char: string): string =>
  char === '"' || char === '\\' ? `\\${char}` : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value | undefined };

/** Any value on one line. */
export function printFlow(value: Value): string {
  if (typeof value === 'string') return printText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(printFlow).join(', ')}]`;
  const pairs = Object.entries(value).filter((pair): pair is [string, Value] => pair[1] !== undefined);
  return pairs.length === 0
    ? '{}'
    : `{ ${pairs.map(([key, one]) => `${printText(key)}: ${printFlow(one)}`).join(', ')} }`;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether two values are the same, whatever the order of keys. An absent key and an undefined one are alike. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isList(a) || isList(b))
    return isList(a) && isList(b) && a.length === b.length && a.every((one, at) => same(one, b[at]));
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(a[key], b[key]));
}
