// Goes through a VM's rules and writes down how truly a target says each: what every target has to be asked about a rule
// is asked here, and a target adds what it has to say of names.
import { findCommon, type Naming } from '../../analyzer/pattern/algebra.js';
import { joinLiterals, printPattern } from '../../analyzer/pattern/text.js';
import type { CompiledRule } from '../../native/contract/rules.js';
import type { Op } from '../../native/contract/words.js';
import { type Fidelity, type Finding, type Reason, type ReasonCode, reason, reasonWords } from './finding.js';
import type { Grant, Subject } from './reading.js';

/** What narrows a rule beside operation and name. */
export type Key = 'image' | 'owner' | 'args' | 'phase' | 'operation' | 'message' | 'title' | 'carrier';

/** What a target says of one operation of a rule. */
export type Said =
  | { says: readonly string[]; wider?: readonly Reason[]; narrower?: readonly Reason[]; keeps?: readonly Key[] }
  | { unsaid: Reason };

/**
 * How a target refuses: `wins`, whatever else permits; `first`, by the order of its lines; `never`, for it only permits.
 */
export type Refusing = 'wins' | 'first' | 'never';

export interface Manner {
  keeps: readonly Key[];
  refusing: Refusing;
  /** Says one operation of a rule, refused ones too unless it never refuses. */
  say(grant: Grant): Said;
  /** Operations that the target cannot tell apart in refusing. */
  kin?(op: Op): string;
  /** Whether every program may do this there without any rule. */
  covers?(grant: Grant): boolean;
}

/** The findings for all of a VM's rules, in the order in which they decide. */
export function tellAll({ grants }: Pick<Subject, 'grants'>, manner: Manner): Finding[] {
  const order = orderOf(grants);
  const told = once(grants).map((grant) => ({ grant, finding: tell(grant, order, manner) }));
  const allowed = told.filter(({ grant }) => grant.rule.allow);
  return told.map(({ grant, finding }) => {
    if (grant.rule.allow || finding.says.length > 0) return finding;
    const by = allowed.find((one) => kinOf(one.grant.op) === kinOf(grant.op) && takesIn(one.finding, grant));
    return by === undefined ? finding : findingOf(grant, [], { wider: [reason('LET_THROUGH', by.grant.rule.id)] });
  });
}

// Wider in other ways than by names.
const SAME_NAMES = new Set<ReasonCode>([
  'ANY_OWNER',
  'ANY_PROGRAM',
  'ANY_ARGUMENTS',
  'ANY_TIME',
  'ANY_OPERATION',
  'ANY_MESSAGE',
  'ANY_TITLE',
  'NOT_HANDED',
  'PLUS_READ',
  'PLUS_WRITE',
  'PLUS_MAKE',
  'PLUS_FILE',
]);

/** Whether a permission was widened so far that it may have a refused name. */
function takesIn({ fidelity, reasons }: Finding, { rule }: Grant): boolean {
  const [first] = rule.object;
  const begins = typeof first === 'string' ? first : '';
  const below = (folder: string) => begins.startsWith(folder) || folder.startsWith(begins);
  return (
    fidelity === 'wider' && reasons.some(({ code, of }) => !SAME_NAMES.has(code) && (code !== 'FOLDER' || below(of)))
  );
}

/** A rule for names that are passed speaks of two owners: the one with more to say stands first. */
function once(grants: readonly Grant[]): Grant[] {
  const first = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.rule.id, grant.op, grant.rule.from]);
    if (!first.has(key)) first.set(key, grant);
  }
  return [...first.values()];
}

/** In which order grants decide, and the refusals among them: every permission is held against those, which are few. */
interface Order {
  at: ReadonlyMap<Grant, number>;
  refusals: readonly Grant[];
}

const orderOf = (grants: readonly Grant[]): Order => ({
  at: new Map(grants.map((grant, at) => [grant, at])),
  refusals: grants.filter(({ rule }) => !rule.allow),
});

const isBefore = (one: Grant, other: Grant, { at }: Order): boolean => at.get(one)! < at.get(other)!;

const kinOf = (op: Op): string => op.slice(0, op.indexOf('.')).replace('library', 'file');

function tell(grant: Grant, order: Order, manner: Manner): Finding {
  if (!grant.rule.allow && manner.refusing === 'never') return unrefused(grant, manner);
  const within = manner.refusing === 'never' ? refusedWithin(grant, order) : null;
  if (within !== null) return findingOf(grant, [], { unsaid: reason('REFUSED_WITHIN', within) });
  const said = manner.say(grant);
  if ('unsaid' in said) return grant.rule.allow ? findingOf(grant, [], said) : unrefused(grant, manner);
  const keeps = [...manner.keeps, ...(said.keeps ?? [])];
  const wider = [...keyReasons(grant.rule, keeps), ...(said.wider ?? [])];
  if (!grant.rule.allow)
    return findingOf(grant, said.says, { narrower: wider.map((one) => reason('MORE_REFUSED', reasonWords(one))) });
  const overruled = manner.refusing === 'wins' ? overruledBy(grant, order, manner.kin ?? kinOf) : [];
  const narrower = [...(said.narrower ?? []), ...overruled.map((id) => reason('REFUSED_TOO', id))];
  return findingOf(grant, said.says, { wider, narrower });
}

/** What is refused without a word is refused, unless the base has it. */
const unrefused = (grant: Grant, { covers }: Manner): Finding =>
  findingOf(grant, [], { wider: covers?.(grant) ? [reason('BASE_COVERS')] : [] });

interface Told {
  wider?: readonly Reason[];
  narrower?: readonly Reason[];
  unsaid?: Reason;
}

const findingOf = ({ rule, op }: Grant, says: readonly string[], told: Told): Finding => ({
  rule: rule.id,
  op,
  object: printPattern(rule.object),
  ...judged(told),
  says,
});

function judged(told: Told): Pick<Finding, 'fidelity' | 'reasons'> {
  const { wider = [], narrower = [], unsaid } = told;
  const fidelity: Fidelity = unsaid
    ? 'unsaid'
    : wider.length > 0
      ? 'wider'
      : narrower.length > 0
        ? 'narrower'
        : 'exact';
  return { fidelity, reasons: unsaid ? [unsaid] : [...wider, ...narrower] };
}

/** What a rule says beside operation and name, and the target does not. */
function keyReasons(rule: CompiledRule, keeps: readonly Key[]): Reason[] {
  const lost = (key: Key, value: string | null, code: ReasonCode): Reason[] =>
    value === null || keeps.includes(key) ? [] : [reason(code, value)];
  const owner = rule.toImage ?? (rule.to === 'host' || rule.to === 'net' ? null : rule.to);
  return [
    ...lost('image', rule.fromImage, 'ANY_PROGRAM'),
    ...lost('owner', owner, 'ANY_OWNER'),
    ...lost('args', rule.args === null ? null : '', 'ANY_ARGUMENTS'),
    ...lost('phase', rule.phase, 'ANY_TIME'),
    ...lost('operation', rule.operation, 'ANY_OPERATION'),
    ...lost('message', rule.message, 'ANY_MESSAGE'),
    ...lost('title', rule.title, 'ANY_TITLE'),
    ...lost('carrier', rule.carrier, 'NOT_HANDED'),
  ];
}

const meets = (a: Grant, b: Grant): boolean =>
  a.rule.to === b.rule.to && namings(a).some((one) => namings(b).some((other) => findCommon(one, other).is !== 'none'));

/** A folder that is listed is also what stands before the names in it. */
function namings({ rule, op }: Grant): Naming[] {
  const { object, fold, args, carrier } = rule;
  const patterns = op === 'file.list' ? [object, joinLiterals([...object, '/'])] : [object];
  return patterns.map((pattern) => ({ pattern, fold, args, carrier }));
}

/** A refusal that decides before this permission and takes something out of it. */
function refusedWithin(grant: Grant, order: Order): string | null {
  const before = (one: Grant) => one.op === grant.op && isBefore(one, grant, order);
  return order.refusals.find((one) => before(one) && meets(one, grant))?.rule.id ?? null;
}

/** Refusals that win here and do not decide in truth: they come after this permission, or are of another operation. */
function overruledBy(grant: Grant, order: Order, kin: (op: Op) => string): string[] {
  const refusals = order.refusals.filter(
    (one) => kin(one.op) === kin(grant.op) && (one.op !== grant.op || isBefore(grant, one, order)),
  );
  return [...new Set(refusals.filter((one) => meets(one, grant)).map(({ rule }) => rule.id))];
}

/** What a VM may do without a rule, as the target has it. */
export const baseFinding = (object: string, says: readonly string[], told: Told = {}): Finding => ({
  rule: null,
  op: null,
  object,
  ...judged(told),
  says,
});
