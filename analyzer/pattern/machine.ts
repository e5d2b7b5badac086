// Patterns as automata without empty moves: each place reads one symbol, and then stays or moves on.

/** Whether a symbol may stand at a place. Symbols are characters; the algebra has a few of its own beside them. */
export type Reader = (symbol: string) => boolean;

/** One piece of a pattern: a choice of fixed sequences, or one kind of symbol any number of times. */
export type Spelling = { chains: readonly (readonly Reader[])[] } | { repeated: Reader; mayBeEmpty: boolean };

export interface Step {
  reads: Reader;
  repeats: boolean;
  /** Places that may come next; the one past the last step is the end. */
  next: readonly number[];
}

export interface Machine {
  steps: readonly Step[];
  /** For each piece the first of its places; the places of its later symbols come before those of its earlier ones. */
  bases: readonly number[];
  start: readonly number[];
}

const END = -1;

/** The automaton that reads these pieces one after the other. */
export function machineOf(pieces: readonly Spelling[]): Machine {
  const steps: Step[] = [];
  const bases: number[] = [];
  const chain = (readers: readonly Reader[], after: readonly number[]): readonly number[] => {
    let next = after;
    for (const reads of readers.toReversed()) next = [steps.push({ reads, repeats: false, next }) - 1];
    return next;
  };
  let start: readonly number[] = [END];
  for (const piece of pieces.toReversed()) {
    const next = start;
    bases.unshift(steps.length);
    if ('chains' in piece) start = piece.chains.flatMap((readers) => chain(readers, next));
    else {
      const step = steps.push({ reads: piece.repeated, repeats: true, next }) - 1;
      start = piece.mayBeEmpty ? [step, ...next] : [step];
    }
  }
  const place = (at: number) => (at === END ? steps.length : at);
  for (const step of steps) step.next = step.next.map(place);
  return { steps, bases, start: start.map(place) };
}

/** The places reached from `places` by one symbol. */
export function afterOne({ steps }: Machine, symbol: string, places: Iterable<number>): Set<number> {
  const reached = new Set<number>();
  for (const place of places) {
    const step = steps[place];
    if (step === undefined || !step.reads(symbol)) continue;
    if (step.repeats) reached.add(place);
    for (const next of step.next) reached.add(next);
  }
  return reached;
}
