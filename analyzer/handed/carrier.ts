// Which rule is the carrier of one whose names were handed over: the one whose channels brought what each of its names
// owes to a message.
import type { RuleName } from '../attribute.js';
import { carriedBy, type Draft, namesOf, sightingsOf } from '../draft.js';
import type { Shape, Sighting, Via } from '../grammar/names.js';

/** The rule that has a name in a run, if any. */
export type RuleOfName = (run: string, via: Exclude<Via, 'argv'>) => string | undefined;

/** Whether a draft can only be said with a carrier. */
export const isCarried = ({ group, shape }: Pick<Draft, 'group' | 'shape'>): boolean =>
  group.op === 'name.pass' || shape.pattern.some((part) => typeof part !== 'string' && part.token === 'given');

/**
 * The draft by each rule (or `argv`) that brought names of it, the one that brought most first; none where no rule is
 * known yet. A name that several brought is counted to the first of them only.
 */
function byCarrier(draft: Draft, ruleOf: RuleOfName): Draft[] {
  const candidates = new Map<Shape['members'][number], Set<string>>();
  for (const [at, { sighting, run }] of sightingsOf(draft).entries()) {
    const rules = viasOf(draft, sighting).map((via) => (via === 'argv' ? via : ruleOf(run, via)));
    candidates.set(draft.shape.members[at]!, new Set(rules.filter((rule) => rule !== undefined)));
  }
  const made: Draft[] = [];
  for (let left = candidates; ; ) {
    const carrier = commonest([...left.values()]);
    if (carrier === null) return made;
    const members = [...left.keys()].filter((member) => left.get(member)!.has(carrier));
    made.push(carriedBy({ ...draft, shape: { ...draft.shape, members } }, carrier));
    left = new Map([...left].filter(([, rules]) => !rules.has(carrier)));
  }
}

function commonest(sets: readonly ReadonlySet<string>[]): string | null {
  const times = new Map<string, number>();
  for (const rules of sets) for (const rule of rules) times.set(rule, (times.get(rule) ?? 0) + 1);
  const [most] = [...times].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return most?.[0] ?? null;
}

function viasOf({ group, shape }: Draft, { passes, values }: Sighting): readonly Via[] {
  if (group.op === 'name.pass') return passes?.flatMap(({ via }) => via) ?? [];
  const given = values.filter(({ token }) => token === 'given');
  // A message that mentions a constant part of the name (`session=…` of `/run/session/…`) did not bring what is given.
  const isConstant = (value: string) => shape.pattern.some((part) => typeof part === 'string' && part.includes(value));
  const brought = given.filter(({ value }) => !isConstant(value));
  return (brought.length > 0 ? brought : given).flatMap(({ via }) => via ?? []);
}

/**
 * Drafts with their carriers; a carrier may itself be one of them. What no rule carries cannot be said and is left out.
 * `names` gives the rules that stand in the system file already.
 */
export function withCarriers(drafts: readonly Draft[], names: readonly RuleName[]): Draft[] {
  const rules = new Map<string, string>();
  const keyOf = (run: string, from: string, to: string, op: string, name: string) =>
    [run, from, to, op, name].join('\0');
  const note = (all: readonly RuleName[]) => {
    for (const [rule, run, from, to, op, name] of all) rules.set(keyOf(run, from, to, op, name), rule);
  };
  if (!drafts.some(isCarried)) return [...drafts];
  note(names);
  const done = new Map(drafts.filter((draft) => !isCarried(draft)).map((draft) => [draft, [draft]]));
  for (const draft of done.keys()) note(namesOf(draft));
  let waiting = drafts.filter(isCarried);
  for (let before = 0; before !== waiting.length; ) {
    before = waiting.length;
    waiting = waiting.filter((draft) => {
      const carried = byCarrier(draft, (run, { from, to, op, name }) => rules.get(keyOf(run, from, to, op, name)));
      if (carried.length === 0) return true;
      done.set(draft, carried);
      for (const one of carried) note(namesOf(one));
      return false;
    });
  }
  return drafts.flatMap((draft) => done.get(draft) ?? []);
}
