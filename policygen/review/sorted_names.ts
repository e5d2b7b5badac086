import { firstFrom } from '../../analyzer/first_from.js';

/** Things by their names as these are compared, sorted, so that those that begin alike stand together. */
export class SortedNames<T> {
  private readonly texts: readonly string[];
  private readonly things: readonly T[];

  constructor(things: readonly T[], textOf: (thing: T) => string) {
    const both = things.map((thing) => [textOf(thing), thing] as const);
    both.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.texts = both.map(([text]) => text);
    this.things = both.map(([, thing]) => thing);
  }

  /** Those whose text begins so, `most` of them. */
  beginning(text: string, most = Number.POSITIVE_INFINITY): readonly T[] {
    const from = firstFrom(this.texts, text);
    let to = from;
    while (to < this.texts.length && to - from < most && this.texts[to]!.startsWith(text)) to++;
    return this.things.slice(from, to);
  }

  /** Those whose text is this. */
  called(text: string): readonly T[] {
    const from = firstFrom(this.texts, text);
    let to = from;
    while (this.texts[to] === text) to++;
    return this.things.slice(from, to);
  }
}
