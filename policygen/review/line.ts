// A line of text being typed.
import type { Line } from './state.js';

export type Edit = { insert: string } | { move: number | 'start' | 'end' } | { remove: 'before' | 'after' | 'all' };

// What nobody can see on a line cannot be typed into one.
const UNTYPABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu;
const LONGEST = 32_768;

const before = (text: string, at: number): number => at - (/[\udc00-\udfff]/.test(text[at - 1] ?? '') ? 2 : 1);
const after = (text: string, at: number): number => at + (/[\ud800-\udbff]/.test(text[at] ?? '') ? 2 : 1);

export function editLine({ text, at }: Line, edit: Edit): Line {
  if ('insert' in edit) {
    const typed = edit.insert.replace(UNTYPABLE, '').slice(0, Math.max(0, LONGEST - text.length));
    return { text: text.slice(0, at) + typed + text.slice(at), at: at + typed.length };
  }
  if ('move' in edit) {
    if (edit.move === 'start') return { text, at: 0 };
    if (edit.move === 'end') return { text, at: text.length };
    const to = edit.move < 0 ? before(text, at) : after(text, at);
    return { text, at: Math.min(text.length, Math.max(0, to)) };
  }
  if (edit.remove === 'all') return { text: '', at: 0 };
  const [start, end] =
    edit.remove === 'before' ? [Math.max(0, before(text, at)), at] : [at, Math.min(text.length, after(text, at))];
  return at === 0 && edit.remove === 'before'
    ? { text, at }
    : { text: text.slice(0, start) + text.slice(end), at: start };
}
