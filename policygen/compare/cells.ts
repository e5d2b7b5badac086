// What a rule asks for beside names: programs, access, phase and the like. All interactions fall into a few cells, in each
// of which a rule either matches or does not; within a cell only names and arguments decide.
import type { CompiledRule } from '../../native/contract/rules.js';
import { isPass } from '../replay/pass.js';

export interface Cell {
  fromImage: string | null;
  toImage: string | null;
  operation: string | null;
  message: string | null;
  title: string | null;
  starting: boolean;
  /** Bits asked for; 0 where no rule looks at them. */
  access: number;
  /** The rule over which the whole name came. */
  passedBy: string | null;
}

const WORDS = ['fromImage', 'toImage', 'operation', 'message', 'title'] as const;

// Stands for every program, operation, message and title that no rule names.
const OTHER = null;

const ALL_ACCESS = 31;

/** The cells in which `rule` matches and `others` may tell interactions apart. */
export function cellsOf(rule: CompiledRule, others: readonly CompiledRule[]): Cell[] {
  let cells: Cell[] = [{ ...plain, passedBy: isPass(rule) ? rule.carrier : null }];
  for (const key of WORDS) {
    const named = new Set(others.map((other) => other[key]).filter((word) => word !== null));
    const words = rule[key] === null ? [OTHER, ...named] : [rule[key]];
    cells = cells.flatMap((cell) => words.map((word) => ({ ...cell, [key]: word })));
  }
  if (others.some(({ phase }) => phase !== null)) {
    const phases = rule.phase === 'startup' ? [true] : [false, true];
    cells = cells.flatMap((cell) => phases.map((starting) => ({ ...cell, starting })));
  }
  if ([rule, ...others].some(({ access }) => access !== 0))
    cells = cells.flatMap((cell) => partsOf(rule.access || ALL_ACCESS).map((access) => ({ ...cell, access })));
  return cells;
}

const plain: Omit<Cell, 'passedBy'> = {
  fromImage: OTHER,
  toImage: OTHER,
  operation: OTHER,
  message: OTHER,
  title: OTHER,
  starting: false,
  access: 0,
};

/** Every choice of some of these bits, single ones first. */
function partsOf(bits: number): number[] {
  const count = (part: number) => part.toString(2).replaceAll('0', '').length;
  const parts = Array.from({ length: ALL_ACCESS }, (_, at) => at + 1).filter((part) => (part & bits) === part);
  return parts.sort((a, b) => count(a) - count(b) || a - b);
}

/** Whether a rule of the same operation and places matches in a cell, if its names do. */
export function matchesIn(rule: CompiledRule, cell: Cell): boolean {
  if (WORDS.some((key) => rule[key] !== null && rule[key] !== cell[key])) return false;
  if (rule.phase === 'startup' && !cell.starting) return false;
  if (rule.allow && isPass(rule) && rule.carrier !== cell.passedBy) return false;
  if (rule.access === 0 || cell.access === 0) return true;
  return rule.allow ? (cell.access & ~rule.access) === 0 : (cell.access & rule.access) !== 0;
}
