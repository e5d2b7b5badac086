// What a VM's rules come to in xdg-dbus-proxy's own words. The proxy knows whole names, subtrees of paths and interfaces,
// so a token in a path or member becomes the subtree it stands in, and the rule is listed as widened; one in a name
// cannot be said at all, and such a rule grants nothing here.
import type { CompiledRule, Pattern } from '../../native/contract/rules.js';
import type { TokenName } from '../../native/contract/words.js';
import { type Bus, type BusObject, parseObject } from './object.js';
import { BUS_NAME, isProtectedName, OPEN_PREFIXES } from './protected.js';

export interface BusPolicy {
  /** Arguments after the address and the path. */
  args: string[];
  /** Ids of rules for which the proxy lets more through than they say. */
  widened: string[];
  /** Ids of rules that the proxy has no words for. */
  unsaid: string[];
}

export type TokenValues = Partial<Record<TokenName, string>>;

const REST = '\u{f0000}'; // stands for {rest}
const ANY = '\u{f0001}'; // for any other token whose value is not known
const hasToken = (text: string): boolean => text.includes(REST) || text.includes(ANY);

function flatten(pattern: Pattern, values: TokenValues): string {
  return pattern
    .map((part) => (typeof part === 'string' ? part : (values[part.token] ?? (part.token === 'rest' ? REST : ANY))))
    .join('');
}

interface Said {
  text: string;
  widened: boolean;
}

/** `a.b` as it stands, `a.b.{rest}` as `a.b.*`; anything else cannot be said. */
function sayName(name: string): Said | null {
  if (!hasToken(name)) return { text: name, widened: false };
  const match = /^([^\u{f0000}\u{f0001}]+)\.[\u{f0000}\u{f0001}]$/u.exec(name);
  return match ? { text: `${match[1]}.*`, widened: true } : null;
}

function sayPath(path: string): Said {
  if (path === REST) return { text: '', widened: false };
  if (!hasToken(path)) return { text: `@${path}`, widened: false };
  const firm = path.slice(0, path.search(/[\u{f0000}\u{f0001}]/u));
  return {
    text: `@${firm.slice(0, firm.lastIndexOf('/') + 1)}*`,
    widened: path !== `${firm}${REST}` || !firm.endsWith('/'),
  };
}

function sayMember(member: string): Said {
  if (member === REST) return { text: '*', widened: false };
  if (!hasToken(member)) return { text: member, widened: false };
  const firm = member.slice(0, member.search(/[\u{f0000}\u{f0001}]/u));
  const dot = firm.lastIndexOf('.');
  return { text: dot < 0 ? '*' : `${firm.slice(0, dot)}.*`, widened: true };
}

/** A name as the bus takes it: the proxy ends at any other. */
const WELL_KNOWN = /^[A-Za-z_-][\w-]*(\.[A-Za-z_-][\w-]*)+$/;

const OPTION = { 'dbus.call': '--call', 'dbus.listen': '--broadcast', 'dbus.own': '--own' } as const;
type BusOp = keyof typeof OPTION;
const isBusOp = (op: string): op is BusOp => op in OPTION;

function sayRule(op: BusOp, object: BusObject): Said | null {
  const name = sayName(object.name);
  if (!name || !WELL_KNOWN.test(name.text.replace(/\.\*$/, ''))) return null;
  if (op === 'dbus.own') return { text: `--own=${name.text}`, widened: name.widened };
  if (object.path === null || object.member === null) return null;
  const [path, member] = [sayPath(object.path), sayMember(object.member)];
  return {
    text: `${OPTION[op]}=${name.text}=${member.text}${path.text}`,
    widened: name.widened || path.widened || member.widened,
  };
}

/** A rule's D-Bus operations and its object, if it speaks of this VM and bus. */
function spoken(rule: CompiledRule, vm: string, bus: Bus, values: TokenValues): [BusOp[], BusObject] | null {
  if (rule.from !== vm || rule.to !== 'host') return null;
  const ops = rule.ops.filter(isBusOp);
  const object = ops.length > 0 ? parseObject(flatten(rule.object, values)) : null;
  return object?.bus === bus ? [ops, object] : null;
}

/** What the rules permit, and nothing else. */
export function policyOf(rules: readonly CompiledRule[], vm: string, bus: Bus, values: TokenValues = {}): BusPolicy {
  const policy: BusPolicy = { args: [], widened: [], unsaid: [] };
  const refused = new Set(refusals(rules, vm, bus, values).map(([op, object]) => JSON.stringify([op, object])));
  for (const rule of rules) {
    const found = rule.allow ? spoken(rule, vm, bus, values) : null;
    if (!found) continue;
    const [ops, object] = found;
    for (const op of ops) {
      if (refused.has(JSON.stringify([op, object]))) continue;
      const said = sayRule(op, object);
      if (!said) policy.unsaid.push(rule.id);
      else if (!policy.args.includes(said.text)) policy.args.push(said.text);
      if (said?.widened) policy.widened.push(rule.id);
    }
  }
  return policy;
}

function refusals(rules: readonly CompiledRule[], vm: string, bus: Bus, values: TokenValues): [BusOp, BusObject][] {
  return rules.flatMap((rule) => {
    const found = rule.allow ? null : spoken(rule, vm, bus, values);
    return found ? found[0].map((op) => [op, found[1]] as [BusOp, BusObject]) : [];
  });
}

export interface LearningNames {
  /** Names on the bus, and those it would start programs for. */
  present: readonly string[];
  /** Names that programs of this machine take, or that this VM asked for before. */
  own: readonly string[];
}

/**
 * Learning: what the rules permit, and names outside the protected set. The proxy cannot say *all but*, so the names are
 * those that are known and prefixes below which nothing is protected. A name of which a rule refuses anything is left
 * to the rules alone.
 */
export function learningPolicy(
  rules: readonly CompiledRule[],
  vm: string,
  bus: Bus,
  names: LearningNames,
  values: TokenValues = {},
): BusPolicy {
  const policy = policyOf(rules, vm, bus, values);
  const refused = refusals(rules, vm, bus, values).map(([, object]) => object.name);
  const isRefused = (name: string) => refused.some((one) => hasToken(one) || one === name);
  const isOpen = (name: string) =>
    WELL_KNOWN.test(name) && name !== BUS_NAME && !isProtectedName(name) && !isRefused(name);
  const isOpenPrefix = (prefix: string) =>
    !refused.some((one) => hasToken(one) || one === prefix || one.startsWith(`${prefix}.`));
  policy.args.push(
    ...names.present.filter(isOpen).map((name) => `--talk=${name}`),
    ...names.own.filter(isOpen).map((name) => `--own=${name}`),
    ...OPEN_PREFIXES.filter(isOpenPrefix).map((prefix) => `--own=${prefix}.*`),
  );
  return policy;
}
