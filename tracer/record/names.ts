// The numbers of names, column by column, as the native recorder gives them: words that are fixed first, then as they come.
import type { Field } from './schema.js';
import { type NewNames, namesOf } from './stream.js';

export class Names {
  private readonly numbers: Map<string, number>[];
  private fresh: string[][];

  constructor(private readonly fields: readonly Field[]) {
    this.numbers = fields.map((field) => new Map(field.words.map((word, number) => [word, number])));
    this.fresh = fields.map(() => []);
  }

  /** The number of a name. Throws where the column's words are fixed and this is none of them. */
  number(column: number, name: string): number {
    const numbers = this.numbers[column]!;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const field = this.fields[column]!;
    if (field.words.length > 0) throw new Error(`${field.name}: not a word: ${name}`);
    const number = numbers.size;
    numbers.set(name, number);
    this.fresh[column]!.push(name);
    return number;
  }

  /** Those met since the last call. */
  take(): NewNames[] {
    const taken = this.fresh.flatMap((words, column) => (words.length > 0 ? [{ column, ...namesOf(words) }] : []));
    this.fresh = this.fields.map(() => []);
    return taken;
  }
}
