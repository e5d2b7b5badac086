// What typed tokens admit, character by character (design, section 7); bound ones stand for values that only a run knows.

import type { PatternPart } from '../../native/contract/rules.js';
import type { Reader, Spelling } from './machine.js';

const digit = /^[0-9]$/;
const hex = /^[0-9a-fA-F]$/;
// Tokens of any length, by the characters they are made of.
const CLASSES: Partial<Record<string, Reader>> = {
  uint: (char) => digit.test(char),
  hex: (char) => hex.test(char),
  word: (char) => /^[\p{L}0-9_]$/u.test(char),
  name: (char) => char !== '\\' && char !== '/' && char !== ':',
  rest: () => true,
};

const between =
  (first: string, last: string): Reader =>
  (char) =>
    char >= first && char <= last;
const exactly = (wanted: string): Reader => between(wanted, wanted);
const digits = (count: number): Reader[] => Array(count).fill(CLASSES.uint!);
const hexes = (count: number): Reader[] => Array(count).fill(CLASSES.hex!);
/** Two digits up to a number, by their first. */
const two = (...[first, low, high]: [string, string, string]): Reader[] => [exactly(first), between(low, high)];

const MONTH = [two('0', '1', '9'), two('1', '0', '2')];
const DAY = [two('0', '1', '9'), [between('1', '2'), between('0', '9')], two('3', '0', '1')];
const HOUR = [[between('0', '1'), between('0', '9')], two('2', '0', '3')];
const SIXTY = [between('0', '5'), between('0', '9')];

const marked = (marks: readonly string[], shape: (mark: Reader[]) => Reader[][]): Reader[][] =>
  marks.flatMap((mark) => shape([...mark].map(exactly)));

// Fixed shapes: possible months, days, hours, minutes and seconds only, as the engine has it.
const SHAPES: Partial<Record<string, readonly Reader[][]>> = {
  guid: [[8, 4, 4, 4, 12].flatMap((count, at) => [...(at === 0 ? [] : [exactly('-')]), ...hexes(count)])],
  date: marked(['', '-', '_'], (mark) =>
    MONTH.flatMap((month) => DAY.map((day) => [...digits(4), ...mark, ...month, ...mark, ...day])),
  ),
  time: marked(['', '-', ':'], (mark) => HOUR.map((hour) => [...hour, ...mark, ...SIXTY, ...mark, ...SIXTY])),
};

/** How a token that is not bound reads; undefined for one that is. */
export function spellingOf({ token, width }: Exclude<PatternPart, string>): Spelling | undefined {
  const shapes = SHAPES[token];
  if (shapes !== undefined) return { chains: shapes };
  if (width !== undefined) return { chains: [hexes(width)] };
  const reads = CLASSES[token];
  return reads === undefined ? undefined : { repeated: reads, mayBeEmpty: token === 'rest' };
}
