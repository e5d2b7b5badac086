// Three texts of one system file become one: rules by what they say, everything else key by key. The text of ours is what
// is written into, so that its comments and order stay.
import { isMap, type YAMLMap } from 'yaml';
import { ShuttleError } from '../../native/contract/problem.js';
import { compileSystem } from '../compile.js';
import type { Fields } from '../file/fields.js';
import type { Rule, SystemFile } from '../file/model.js';
import { checkSystemFile, parseSystemFile } from '../file/parse.js';
import { same, type Value } from '../file/scalar.js';
import { DEFS, SCHEMA } from '../file/schema.js';
import { editMap, splice } from '../file/splice.js';
import { updateRules } from '../file/update.js';
import { admittedBeyond, type Beyond } from './beyond.js';
import { type Conflict, mergeThree } from './three_way.js';

export interface MergedFile {
  text: string;
  conflicts: Conflict[];
  /** What the merged rules admit and neither of the two files does: nobody decided on that. */
  unforeseen: Beyond[];
}

/** One version of the file; `text` may be empty for a base that never was. */
export interface Version {
  file: string;
  text: string;
}

/** Merges two changed texts of one file. Throws SYSTEM_FILE_INVALID where one is none, or where together they are none. */
export function mergeFiles(base: Version, ours: Version, theirs: Version): MergedFile {
  const [mine, others] = [read(ours), read(theirs)];
  const before = base.text.trim() === '' ? null : read(base);
  const { rules, conflicts } = mergeThree(before?.rules ?? [], mine.rules, others.rules);
  const untouched = before !== null && ours.text === base.text;
  const beside = untouched ? { text: theirs.text, conflicts: [] } : mergeBeside(base, ours, theirs);
  const made = untouched ? theirs.text : updateRules(checked(beside.text, ours, mine.rules), rules, ours.file);
  return {
    text: made,
    conflicts: [...conflicts, ...beside.conflicts],
    unforeseen: unforeseenIn(read({ file: ours.file, text: made }), mine, others),
  };
}

const read = ({ text, file }: Version): SystemFile => parseSystemFile(text, file);

function unforeseenIn(merged: SystemFile, ours: SystemFile, theirs: SystemFile): Beyond[] {
  const either = admittedBeyond(compileSystem(merged), compileSystem(ours));
  if (either.length === 0) return [];
  const known = admittedBeyond(compileSystem(merged), [...compileSystem(ours), ...compileSystem(theirs)]);
  const ids = new Set(either.map(({ rule }) => rule));
  return known.filter(({ rule }) => ids.has(rule));
}

/** Ours with the other keys merged must still be a system file; VMs that went may be named by rules that go only later. */
function checked(text: string, ours: Version, rules: readonly Rule[]): string {
  const found = checkSystemFile(text, ours.file);
  if (found.system !== null && found.system.rules.length === rules.length) return text;
  throw new ShuttleError({ code: 'SYSTEM_FILE_INVALID', file: `${ours.file} (merged)`, complaints: found.complaints });
}

function mergeBeside(base: Version, ours: Version, theirs: Version): { text: string; conflicts: Conflict[] } {
  const [before, mine, others] = [base, ours, theirs].map(besideOf);
  const conflicts: Conflict[] = [];
  const merged = mergeMaps(before!, mine!, others!, [], conflicts);
  if (same(merged, mine!)) return { text: ours.text, conflicts };
  const { doc } = checkSystemFile(ours.text, ours.file).document;
  if (!isMap(doc.contents)) return { text: ours.text, conflicts };
  const eol = ours.text.includes('\r\n') ? '\r\n' : '\n';
  const order = [...Object.keys(SCHEMA.properties), ...Object.keys(DEFS.member.properties), ...Object.keys(merged)];
  return { text: splice(ours.text, editMap(ours.text, doc.contents as YAMLMap, mine!, merged, order, eol)), conflicts };
}

function besideOf({ text, file }: Version): Fields {
  const { rules, ...rest } = (checkSystemFile(text, file).document.doc.toJS() ?? {}) as Fields;
  return rest;
}

const isFields = (value: Value | undefined): value is Fields => typeof value === 'object' && !Array.isArray(value);

/** Key by key, VMs and their maps inwards. */
function mergeMaps(base: Fields, ours: Fields, theirs: Fields, path: readonly string[], conflicts: Conflict[]): Fields {
  const merged: Record<string, Value> = {};
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const value = mergeValue([base[key], ours[key], theirs[key]], [...path, key], conflicts);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeValue(
  [base, ours, theirs]: readonly [Value | undefined, Value | undefined, Value | undefined],
  path: readonly string[],
  conflicts: Conflict[],
): Value | undefined {
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (isFields(ours) && isFields(theirs)) return mergeMaps(isFields(base) ? base : {}, ours, theirs, path, conflicts);
  conflicts.push({ rule: null, key: path.join('.'), ours: ours ?? null, theirs: theirs ?? null, taken: ours ?? null });
  return ours;
}
