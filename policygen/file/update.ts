// Writing rules into a system file that a person keeps: what did not change keeps its very bytes.
import { isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { ShuttleError } from '../../native/contract/problem.js';
import { fieldsOf, RULE_KEYS } from './fields.js';
import type { Rule, SystemFile } from './model.js';
import { itemsOf, pairOf } from './nodes.js';
import { checkSystemFile } from './parse.js';
import { printRules } from './print.js';
import { same } from './scalar.js';
import { dashOf, type Edit, editMap, endOf, lineStart, nextLine, removeItem, splice } from './splice.js';

/**
 * The text with exactly these rules: rules are known by their ids; those not named are taken out, new ones come last,
 * in their order. Comments, order and layout of everything else stay. Throws SYSTEM_FILE_INVALID where `text` is no
 * system file.
 */
export function updateRules(text: string, rules: readonly Rule[], file = 'system file'): string {
  const checked = checkSystemFile(text, file);
  if (checked.system === null)
    throw new ShuttleError({ code: 'SYSTEM_FILE_INVALID', file, complaints: checked.complaints });
  const root = checked.document.doc.contents as Node;
  const made = isMap(root) ? splice(text, editsOf(text, root, checked.system, rules)) : text;
  if (holds(made, rules)) return made;
  // Some layout that the edits do not know: then the rules are written anew, and the rest stays.
  checked.document.doc.set('rules', rules.map(fieldsOf));
  const whole = checked.document.doc.toString({ lineWidth: 0, singleQuote: true });
  if (!holds(whole, rules)) throw new Error(`the rules cannot be written into ${file}`);
  return whole;
}

function holds(text: string, rules: readonly Rule[]): boolean {
  const found = checkSystemFile(text, 'system file').system?.rules;
  if (found === undefined || found.length !== rules.length) return false;
  const wanted = new Map(rules.map((rule) => [rule.id, rule]));
  return found.every((rule) => same(fieldsOf(rule), fieldsOf(wanted.get(rule.id) ?? ({ id: '' } as Rule))));
}

function editsOf(text: string, root: YAMLMap, current: SystemFile, rules: readonly Rule[]): Edit[] {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const pair = pairOf(root, 'rules');
  const known = new Map(current.rules.map((rule, index) => [rule.id, index]));
  const fresh = rules.filter((rule) => !known.has(rule.id));
  const list = pair !== null && isSeq(pair.value) ? pair.value : null;
  const edits = list === null ? [] : changes(text, list, current.rules, rules, eol);
  if (fresh.length === 0) return edits.length > 0 && rules.length === 0 ? [...edits, none(text, pair!)] : edits;
  return [
    ...edits,
    ...(list !== null && list.items.length > 0 ? append(text, list, fresh, eol) : begin(text, pair, fresh, eol)),
  ];
}

/** Rules that stay but changed, and rules that go. */
function changes(text: string, list: YAMLSeq, current: readonly Rule[], rules: readonly Rule[], eol: string): Edit[] {
  const wanted = new Map(rules.map((rule) => [rule.id, rule]));
  return itemsOf(list).flatMap((item, index) => {
    const before = current[index]!;
    const after = wanted.get(before.id);
    if (after === undefined) return [removeItem(text, list, index)];
    if (same(fieldsOf(before), fieldsOf(after))) return [];
    return editMap(text, item as YAMLMap, fieldsOf(before), fieldsOf(after), RULE_KEYS, eol);
  });
}

function append(text: string, list: YAMLSeq, fresh: readonly Rule[], eol: string): Edit[] {
  const last = list.items.at(-1);
  if (list.flow === true) {
    const at = endOf(last);
    return [{ start: at, end: at, text: fresh.map((rule) => `, ${printRules([rule], 'flow', eol)}`).join('') }];
  }
  const dash = dashOf(text, last);
  const at = nextLine(text, endOf(last));
  const open = at === text.length && !text.endsWith('\n') ? eol : '';
  return [{ start: at, end: at, text: open + printRules(fresh, dash - lineStart(text, dash), eol) }];
}

/** Every rule went: an empty list says so, where nothing would only look forgotten. */
function none(text: string, pair: Pair): Edit {
  const flow = isSeq(pair.value) && pair.value.flow === true;
  const colon = text.indexOf(':', (pair.key as Node).range![1]);
  return { start: colon + 1, end: colon + 1, text: flow ? '' : ' []' };
}

/** The first rules of a file that had none: no key, an empty one, or `[]`. */
function begin(text: string, pair: Pair | null, fresh: readonly Rule[], eol: string): Edit[] {
  const items = printRules(fresh, 2, eol);
  if (pair === null) {
    const open = text === '' || text.endsWith('\n') ? '' : eol;
    return [{ start: text.length, end: text.length, text: `${open}rules:${eol}${items}` }];
  }
  const colon = text.indexOf(':', (pair.key as Node).range![1]);
  const [start, stop] = (pair.value as Node).range!;
  const end = start === stop ? colon + 1 : endOf(pair.value); // an empty value is placed after its comment
  const at = nextLine(text, end);
  const open = at === text.length && !text.endsWith('\n') ? eol : '';
  return [
    { start: colon + 1, end, text: '' },
    { start: at, end: at, text: open + items },
  ];
}
