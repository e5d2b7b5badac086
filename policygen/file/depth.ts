// How deeply a YAML text is nested, found without recursion: composing values recurses, and what is nested a hundred
// thousand deep would take all memory before it failed.
import { type CST, Parser } from 'yaml';

/** A system file nests six deep. */
const DEEPEST = 64;

/** The offset where the text is nested too deeply, or null. */
export function tooDeep(text: string): number | null {
  if (!suspicious(text)) return null;
  for (const token of new Parser().parse(text)) {
    const found = token.type === 'document' && token.value !== undefined ? deepestOf(token.value) : null;
    if (found !== null) return found;
  }
  return null;
}

// Depth needs brackets, or indentation and dashes, at the least: nearly every file is done here.
function suspicious(text: string): boolean {
  if (new RegExp(`^[ ?-]{${DEEPEST},}`, 'm').test(text)) return true;
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5b || char === 0x7b) open++;
    else if (char === 0x5d || char === 0x7d) open = Math.max(0, open - 1);
    if (open > DEEPEST) return true;
  }
  return false;
}

function deepestOf(root: CST.Token): number | null {
  const waiting: { token: CST.Token; depth: number }[] = [{ token: root, depth: 1 }];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one.depth > DEEPEST) return one.token.offset;
    if (!('items' in one.token)) continue;
    for (const item of one.token.items)
      for (const token of [item.key, item.value]) if (token) waiting.push({ token, depth: one.depth + 1 });
  }
  return null;
}
