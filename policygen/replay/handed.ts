// What earlier messages of a run brought over the rules that are carriers: the values that `{given}` stands for, and the
// names that may be passed.
import { textsIn } from '../../analyzer/handed/handed.js';
import { type Channel, type Message, messagesOf } from '../../analyzer/handed/messages.js';
import { PathFinder } from '../../analyzer/handed/paths.js';
import { piecesOf } from '../../analyzer/handed/pieces.js';
import type { CompiledRule } from '../../native/contract/rules.js';

/** A message that came to a VM over a rule, or as arguments (`argv` and the VM that started a program with them). */
interface Heard {
  carrier: string;
  receiver: string;
  ts: number;
  texts: readonly string[];
}

export { isPass } from './pass.js';

export const hasCarriers = (rules: readonly CompiledRule[]): boolean => rules.some(({ carrier }) => carrier !== null);

export class Handed {
  private readonly heard: Heard[] = [];
  private readonly channels = new Map<number, Channel & { rule: string }>();
  private readonly pieces = new Map<string, { carrier: string; receiver: string; ts: number }[]>();
  private readonly passed = new Map<string, { carrier: string; ts: number }[]>();

  /** A row that a carrier allowed opened a channel. */
  open(channel: number, rule: string, { vm, peer, op, name }: Channel): void {
    this.channels.set(channel, { vm, peer, op, name, rule });
  }

  /** A row started something elsewhere, with arguments. */
  start(sender: string, receiver: string, ts: number, object: string, detail: string | null): void {
    this.heard.push({
      carrier: `argv ${sender}`,
      receiver,
      ts,
      texts: [object, ...(detail === null ? [] : textsIn(detail))],
    });
  }

  /** Reads the messages of the channels that were opened, looking for these names of their receivers. */
  listen(folder: string, looked: ReadonlyMap<string, { names: ReadonlySet<string>; fold: boolean }>): void {
    const finders = new Map<string, { names: string[]; finder: PathFinder }>();
    for (const [vm, { names, fold }] of looked) {
      const finder = new PathFinder(fold);
      const list = [...names];
      for (const [number, name] of list.entries()) finder.add(name, number);
      finders.set(vm, { names: list, finder });
    }
    const take = ({ carrier, receiver, ts, texts }: Heard) => {
      for (const text of texts) {
        for (const piece of piecesOf(text)) note(this.pieces, piece, { carrier, receiver, ts });
        const ear = finders.get(receiver);
        ear?.finder.find(text, (number) => note(this.passed, `${receiver}\0${ear.names[number]!}`, { carrier, ts }));
      }
    };
    for (const heard of this.heard) take(heard);
    for (const { channel, ...message } of messagesOf(folder, this.channels, () => true) as Iterable<
      Message & { channel: { rule: string } }
    >)
      take({ ...message, carrier: channel.rule });
  }

  /** What of a name came to its user before: pieces of it, and the whole. */
  given(receiver: string, name: string, ts: number): { carrier: string; value: string }[] {
    const found: { carrier: string; value: string }[] = [];
    for (const value of new Set(piecesOf(name)))
      for (const one of this.pieces.get(value) ?? [])
        if (one.receiver === receiver && one.ts <= ts) found.push({ carrier: one.carrier, value });
    for (const one of this.passed.get(`${receiver}\0${name}`) ?? [])
      if (one.ts <= ts) found.push({ carrier: one.carrier, value: name });
    return found;
  }
}

/** Keeps the first of each kind. */
function note<T extends { carrier: string; ts: number; receiver?: string }>(
  to: Map<string, T[]>,
  key: string,
  one: T,
): void {
  const known = to.get(key);
  if (known === undefined) to.set(key, [one]);
  else {
    const same = known.find(({ carrier, receiver }) => carrier === one.carrier && receiver === one.receiver);
    if (same === undefined) known.push(one);
    else if (one.ts < same.ts) same.ts = one.ts;
  }
}
