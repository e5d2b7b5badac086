// From the text of a system file to its values, or to everything that is wrong with it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Node } from 'yaml';
import { nearOf } from '../../native/contract/near.js';
import { ShuttleError } from '../../native/contract/problem.js';
import { NO_LIMITS, type System, type VmDescription, type VmLimits } from '../../tracer/session/system.js';
import { check, splitReady } from './check.js';
import type { LocatedComplaint } from './complaint.js';
import { located, readDocument, type SystemDocument, writtenText } from './document.js';
import type { RawMember, RawRule, RawSystem, Rule, SystemFile } from './model.js';
import { itemsOf, namedOf, nodeAt, textAt, textsOf } from './nodes.js';
import { freshId } from './rule_id.js';
import { DEFS, SCHEMA } from './schema.js';
import { validate } from './validate.js';

export type Checked =
  | { system: SystemFile; document: SystemDocument; complaints: [] }
  | { system: null; document: SystemDocument; complaints: LocatedComplaint[] };

/** Reads the text of a system file. Nothing is thrown: what is wrong comes back, each with its place. */
export function checkSystemFile(text: string, file: string): Checked {
  const { document, complaints } = readDocument(text);
  const refuse = (found: typeof complaints): Checked => ({
    system: null,
    document,
    complaints: located(found, document.lines),
  });
  if (complaints.length > 0) return refuse(complaints);
  const root = document.doc.contents as Node;
  const misfits = validate(root, SCHEMA, DEFS);
  const newer = misfits.filter((one) => one.code === 'NEWER');
  if (misfits.length > 0) return refuse(newer.length > 0 ? newer : misfits);
  const wrong = check(root);
  if (wrong.length > 0) return refuse(wrong);
  return { system: modelOf(document, file), document, complaints: [] };
}

/** The values of a system file. Throws SYSTEM_FILE_INVALID with every place that is wrong. */
export function parseSystemFile(text: string, file: string): SystemFile {
  const checked = checkSystemFile(text, file);
  if (checked.system === null)
    throw new ShuttleError({ code: 'SYSTEM_FILE_INVALID', file, complaints: checked.complaints });
  return checked.system;
}

/** Reads a system file from disk. Throws SYSTEM_FILE_UNREADABLE or SYSTEM_FILE_INVALID. */
export function readSystemFile(file: string): SystemFile {
  return parseSystemFile(readText(file), file);
}

/** The text of a system file, which must be UTF-8. */
export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    const text = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message;
    const near = (error as NodeJS.ErrnoException).code === 'ENOENT' ? nearFiles(file) : [];
    throw new ShuttleError({ code: 'SYSTEM_FILE_UNREADABLE', file, error: text, near });
  }
}

const ENDING = /(\.shuttle)?\.ya?ml$/;

/** System files beside it that may have been meant: a system's name alone is one, too. */
function nearFiles(file: string): string[] {
  const folder = dirname(file);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => ENDING.test(name)) : [];
  const named = basename(file).replace(ENDING, '');
  const nearest = nearOf(
    named,
    files.map((name) => name.replace(ENDING, '')),
  );
  return files.filter((name) => nearest.includes(name.replace(ENDING, ''))).map((name) => join(folder, name));
}

function modelOf(document: SystemDocument, file: string): SystemFile {
  const root = document.doc.contents as Node;
  const raw = document.doc.toJS() as RawSystem;
  const folder = dirname(resolve(file));
  const vms = namedOf(nodeAt(root, 'vms')).map(({ name, value }) => memberOf(name, value, raw.vms[name]!, folder));
  const system: System = {
    name: raw.system ?? nameOf(file),
    file: resolve(file),
    folder,
    main: raw.main ?? vms[0]!.name,
    vms,
    check: raw.check ?? null,
  };
  return { system, rules: rulesOf(itemsOf(nodeAt(root, 'rules')), raw.rules ?? []) };
}

/** The system's name where the file gives none: its own, as far as that can be a folder's name. */
export function nameOf(file: string): string {
  const stem = basename(file).replace(/([.]shuttle)?[.]ya?ml$/i, '');
  const name = stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, 63) || 'system';
}

function memberOf(name: string, node: Node, raw: RawMember, folder: string): VmDescription {
  const mounts = Object.entries(raw.mounts ?? {}).map(([to, from]) => [to, resolve(folder, from)] as const);
  const env = namedOf(nodeAt(node, 'env')).map((pair) => [pair.name, writtenText(pair.value) ?? ''] as const);
  const ready = textAt(node, 'ready');
  return {
    name,
    program: textsOf(nodeAt(node, 'program')),
    cwd: raw.cwd ?? null,
    user: textAt(node, 'user'),
    windows: raw.windows ?? null,
    display: raw.display ?? 'none',
    limits: limitsOf(raw.limits),
    mounts: Object.fromEntries(mounts),
    env: Object.fromEntries(env),
    setup: itemsOf(nodeAt(node, 'setup')).map(textsOf),
    after: raw.after ?? [],
    ready: ready === null ? null : splitReady(ready),
  };
}

const scales: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const times: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function amount(value: string | number | undefined, units: Readonly<Record<string, number>>): number {
  if (value === undefined || typeof value === 'number') return value ?? 0;
  return Number(value.slice(0, -1)) * units[value.slice(-1).toLowerCase()]!;
}

function limitsOf(raw: RawMember['limits']): VmLimits {
  if (raw === undefined) return NO_LIMITS;
  return {
    memory: amount(raw.memory, scales),
    processes: raw.processes ?? 0,
    cpu: amount(raw.cpu, times),
    disk: amount(raw.disk, scales),
    wall: amount(raw.wall, times),
  };
}

function rulesOf(nodes: readonly Node[], raw: readonly RawRule[]): Rule[] {
  const taken = new Set(raw.map((rule) => rule.id).filter((id) => id !== undefined));
  return raw.map((rule, index) => {
    const made = ruleOf(nodes[index]!, rule);
    const id = rule.id ?? freshId(made, taken);
    taken.add(id);
    return { ...made, id };
  });
}

/** A rule's values; texts that YAML would take for numbers stay what was written. */
export function ruleOf(node: Node, raw: RawRule): Rule {
  const args = nodeAt(node, 'args');
  const texts = {
    ...(args === null ? {} : { args: textsOf(args) }),
    ...(raw.operation === undefined ? {} : { operation: textAt(node, 'operation')! }),
    ...(raw.message === undefined ? {} : { message: textAt(node, 'message')! }),
  };
  return { id: '', ...raw, state: raw.state ?? 'proposed', needed: raw.needed ?? 'unknown', ...texts } as Rule;
}
