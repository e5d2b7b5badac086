// What the schema cannot say about a system file. The schema was found to hold before.
import type { Node } from 'yaml';
import { isOp, type Op } from '../../native/contract/words.js';
import { findCycle } from '../../tracer/session/order.js';
import { hasToken, parsePattern } from '../pattern/pattern.js';
import type { Complaint } from './complaint.js';
import { writtenText } from './document.js';
import { splitPlace } from './model.js';
import { at, atKey, itemsOf, namedOf, nodeAt, pairOf, textAt, textsOf } from './nodes.js';

export function check(root: Node): Complaint[] {
  const vms = namedOf(nodeAt(root, 'vms'));
  const names = vms.map((vm) => vm.name);
  const rules = itemsOf(nodeAt(root, 'rules'));
  const ids = rules.map((rule) => textAt(rule, 'id')).filter((id) => id !== null);
  return [
    ...checkMain(root, names),
    ...vms.flatMap((vm) => checkMember(vm.value, names)),
    ...checkCycle(vms),
    ...checkIds(rules),
    ...rules.flatMap((rule) => checkRule(rule, names, ids)),
  ];
}

function checkMain(root: Node, names: readonly string[]): Complaint[] {
  const main = nodeAt(root, 'main');
  const named = writtenText(main);
  if (named !== null && !names.includes(named)) return [{ code: 'VM_UNKNOWN', vm: named, known: names, at: at(main) }];
  return named === null && names.length > 1 ? [{ code: 'MAIN_MISSING', vms: names, at: atKey(root, 'vms') }] : [];
}

function checkMember(vm: Node, names: readonly string[]): Complaint[] {
  const found: Complaint[] = [];
  for (const after of itemsOf(nodeAt(vm, 'after'))) {
    const name = writtenText(after)!;
    if (!names.includes(name)) found.push({ code: 'VM_UNKNOWN', vm: name, known: names, at: at(after) });
  }
  const ready = nodeAt(vm, 'ready');
  if (ready !== null) found.push(...checkReady(writtenText(ready)!, at(ready)));
  const commands = [nodeAt(vm, 'program'), ...itemsOf(nodeAt(vm, 'setup'))];
  for (const command of commands) found.push(...checkCommand(command));
  for (const { name, key, value } of namedOf(nodeAt(vm, 'env'))) {
    if (name === '' || /[=\0]/.test(name)) found.push({ code: 'CHARACTER', what: 'the variable’s name', at: at(key) });
    if (writtenText(value)?.includes('\0')) found.push({ code: 'CHARACTER', what: 'the value', at: at(value) });
  }
  return found;
}

function checkCommand(command: Node | null): Complaint[] {
  const items = itemsOf(command);
  const found = items
    .filter((item) => writtenText(item)!.includes('\0'))
    .map((item): Complaint => ({ code: 'CHARACTER', what: 'the argument', at: at(item) }));
  if (items[0] !== undefined && writtenText(items[0]) === '')
    found.push({ code: 'EMPTY', what: 'the program', at: at(items[0]) });
  return found;
}

/** `ready`: an operation and an object, apart by one space. */
export function splitReady(text: string): { op: Op; object: string } | null {
  const space = text.indexOf(' ');
  const op = text.slice(0, Math.max(space, 0));
  const object = text.slice(space + 1).trim();
  return isOp(op) && object !== '' ? { op, object } : null;
}

// Windows, services and classes have no operation of their making: one that others could find is one that was made.
const makes = (op: Op): boolean =>
  op === 'window.find' ||
  op === 'service.query' ||
  op === 'com.activate' ||
  (/[.](serve|create|own|bind|listen)$/.test(op) && !op.startsWith('file.'));

function checkReady(text: string, place: number): Complaint[] {
  const split = splitReady(text);
  if (split === null) return [{ code: 'READY_FORM', text, at: place }];
  return makes(split.op) ? [] : [{ code: 'READY_OP', op: split.op, at: place }];
}

function checkCycle(vms: readonly { name: string; value: Node }[]): Complaint[] {
  const cycle = findCycle(vms.map(({ name, value }) => ({ name, after: textsOf(nodeAt(value, 'after')) })));
  if (cycle === null) return [];
  const first = vms.find((vm) => vm.name === cycle[0])!;
  const link = itemsOf(nodeAt(first.value, 'after')).find((item) => writtenText(item) === cycle[1]);
  return [{ code: 'AFTER_CYCLE', cycle, at: at(link) }];
}

function checkIds(rules: readonly Node[]): Complaint[] {
  const seen = new Set<string>();
  return rules.flatMap((rule): Complaint[] => {
    const id = textAt(rule, 'id');
    if (id === null || !seen.has(id)) {
      if (id !== null) seen.add(id);
      return [];
    }
    return [{ code: 'ID_TWICE', id, at: at(nodeAt(rule, 'id')) }];
  });
}

function checkRule(rule: Node, names: readonly string[], ids: readonly string[]): Complaint[] {
  const ops = textAt(rule, 'allow') === null ? textsOf(nodeAt(rule, 'allow')) : [textAt(rule, 'allow')!];
  return [
    ...checkPlace(nodeAt(rule, 'from'), names, []),
    ...checkPlace(nodeAt(rule, 'to'), names, ['host', 'net']),
    ...checkPatterns(rule),
    ...checkCarrier(rule, ids),
    ...checkKeys(rule, ops),
  ];
}

function checkPlace(node: Node | null, names: readonly string[], others: readonly string[]): Complaint[] {
  const place = writtenText(node)!;
  const { vm, image } = splitPlace(place);
  const known = [...names, ...others];
  if (!known.includes(vm)) return [{ code: 'VM_UNKNOWN', vm, known, at: at(node) }];
  if (image === null) return [];
  if (vm === 'net') return [{ code: 'IMAGE_OF_NET', at: at(node) }];
  return image === '' || /[\\/\0]/.test(image) ? [{ code: 'IMAGE_FORM', place, at: at(node) }] : [];
}

function checkPatterns(rule: Node): Complaint[] {
  const nodes = [nodeAt(rule, 'object')!, ...itemsOf(nodeAt(rule, 'args'))];
  return nodes.flatMap((node): Complaint[] => {
    const text = writtenText(node)!;
    const parsed = parsePattern(text);
    if ('defect' in parsed) return [{ code: 'PATTERN', text, defect: parsed.defect, at: at(node) }];
    const needs = hasToken(parsed.pattern, 'given') && pairOf(rule, 'carrier') === null;
    return needs ? [{ code: 'CARRIER_MISSING', token: '{given}', at: at(node) }] : [];
  });
}

function checkCarrier(rule: Node, ids: readonly string[]): Complaint[] {
  const carrier = nodeAt(rule, 'carrier');
  const name = writtenText(carrier);
  return name === null || name === 'argv' || ids.includes(name)
    ? []
    : [{ code: 'CARRIER_UNKNOWN', carrier: name, known: ids, at: at(carrier) }];
}

/** Keys that mean something for some operations only; elsewhere the rule would match nothing, in silence. */
const belonging: readonly { key: string; to: RegExp; belongs: string }[] = [
  { key: 'access', to: /^(file|registry|memory|library|device|name)[.]/, belongs: 'files, registry and memory' },
  { key: 'args', to: /^(program[.]start|document[.]open|service[.]start)$/, belongs: 'programs that are started' },
  { key: 'operation', to: /^(rpc|com)[.]/, belongs: 'rpc operations' },
  { key: 'message', to: /^window[.]/, belongs: 'window operations' },
  { key: 'title', to: /^window[.]/, belongs: 'window operations' },
];

function checkKeys(rule: Node, ops: readonly string[]): Complaint[] {
  return belonging
    .filter(({ key, to }) => pairOf(rule, key) !== null && !ops.every((op) => to.test(op)))
    .map(({ key, belongs }) => ({ code: 'KEY_MISPLACED', key, belongs, at: atKey(rule, key) }));
}
