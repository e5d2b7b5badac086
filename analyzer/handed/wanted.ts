// What a message may explain: names that a VM looked up, whole or in a piece, each with when it first did.
import type { Group, SeenName, Sighting } from '../grammar/names.js';
import type { Channel, Message } from './messages.js';
import { PathFinder } from './paths.js';
import { piecesOf } from './pieces.js';

/** Operations that open a file by a name one can hand over. */
const OPENS = /^(file|library)\./;
/** A piece of these is no value that a peer hands out. */
const WHOLE = /^(dns|process)\./;

/** A port may be handed out; the host is who it is. */
const handedPart = (op: string, name: string): string =>
  /^(tcp|udp)\./.test(op) ? name.slice(name.lastIndexOf(':') + 1) : name;

export interface Wanted {
  group: Group;
  seen: SeenName;
  sighting: Sighting;
}

/** A message met a name of its receiver. `value` is the piece that came; null for the whole name. */
export interface Hit {
  wanted: Wanted;
  value: string | null;
  sender: string;
  via: Channel | 'argv';
}

interface Ear {
  names: Wanted[];
  paths: PathFinder;
  pieces: Map<string, Wanted[]>;
}

/** The names of one run, by the VM that looked them up. */
export class WantedNames {
  private readonly ears = new Map<string, Ear>();
  private readonly told = new Set<string>();

  add(wanted: Wanted): void {
    const { group, seen } = wanted;
    const ear: Ear = this.ears.get(group.from) ?? { names: [], paths: new PathFinder(group.fold), pieces: new Map() };
    this.ears.set(group.from, ear);
    const number = ear.names.push(wanted) - 1;
    if (OPENS.test(group.op)) ear.paths.add(seen.name, number);
    if (WHOLE.test(group.op)) return;
    for (const piece of new Set(piecesOf(handedPart(group.op, seen.name)))) {
      const known = ear.pieces.get(piece);
      if (known) known.push(wanted);
      else ear.pieces.set(piece, [wanted]);
    }
  }

  listens(vm: string): boolean {
    return this.ears.has(vm);
  }

  /** What of the receiver's names a message explains: those that were first looked up after it. */
  hear({ channel, sender, receiver, ts, texts }: Message | (Omit<Message, 'channel'> & { channel: 'argv' })): Hit[] {
    const ear = this.ears.get(receiver);
    if (ear === undefined) return [];
    const hits: Hit[] = [];
    const key = channel === 'argv' ? sender : `${sender} ${channel.vm} ${channel.op} ${channel.name}`;
    const hit = (wanted: Wanted, value: string | null) => {
      if (wanted.sighting.first < ts) return;
      const said = `${key} ${wanted.group.to} ${wanted.group.op} ${value} ${wanted.seen.name}`;
      if (this.told.has(said)) return;
      this.told.add(said);
      hits.push({ wanted, value, sender, via: channel });
    };
    for (const text of texts) {
      if (!ear.paths.isEmpty) ear.paths.find(text, (number) => hit(ear.names[number]!, null));
      // A piece counts only where it came from the one that owns the name.
      for (const piece of piecesOf(text))
        for (const wanted of ear.pieces.get(piece) ?? []) if (wanted.group.to === sender) hit(wanted, piece);
    }
    return hits;
  }
}
