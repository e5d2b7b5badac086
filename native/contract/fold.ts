// How Windows compares names: simple upper-casing, one code unit for one, kept only where lower-casing leads back (so ß,
// ı and ſ stay as they are). The engine's table says the same (scripts/unicode.mjs), which a test holds.

// ᾀ and its like: the full mapping has two letters, the simple one is the title case so far on.
const TITLED = [8, 9];

const known = new Map<string, string>();

/** A name as it is compared in a Windows VM. */
export function foldName(name: string): string {
  if (/^[\0-\x7f]*$/.test(name)) return name.toUpperCase();
  let folded = '';
  for (let at = 0; at < name.length; at++) folded += upper(name[at]!);
  return folded;
}

function upper(unit: string): string {
  const before = known.get(unit);
  if (before !== undefined) return before;
  const made = upperOf(unit);
  known.set(unit, made);
  return made;
}

function upperOf(unit: string): string {
  const full = unit.toUpperCase();
  if (full.length === 1) return full.toLowerCase() === unit ? full : unit;
  const titled = TITLED.map((distance) => String.fromCharCode(unit.charCodeAt(0) + distance));
  return titled.find((title) => title.toLowerCase() === unit) ?? unit;
}
