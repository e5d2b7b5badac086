// Texts that repeat, as codes. One set of words a column and table, shared by all runs; each file's own dictionary is
// translated once, and its rows by one look-up each.
import type { Data, Vector } from 'apache-arrow';

/** The words of one column: code 0 stands for null, the first word has code 1. */
export class Words {
  private readonly codes = new Map<string, number>();
  /** Words not yet written to the database. */
  private fresh: string[] = [];
  private chunks: Data[] = [];
  private translated = new Uint32Array(0);

  get size(): number {
    return this.codes.size;
  }

  code(word: string): number {
    const known = this.codes.get(word);
    if (known !== undefined) return known;
    const code = this.codes.size + 1;
    this.codes.set(word, code);
    this.fresh.push(word);
    return code;
  }

  /** The code of each key of an Arrow dictionary. Called for each batch: a dictionary that only grew costs its growth. */
  translate(dictionary: Vector): Uint32Array {
    const chunks = dictionary.data;
    const grown = this.chunks.length <= chunks.length && this.chunks.every((chunk, index) => chunk === chunks[index]);
    if (!grown) this.chunks = [];
    const first = this.chunks.length;
    if (first === chunks.length) return this.translated;
    const before = grown ? this.translated : new Uint32Array(0);
    const added = chunks.slice(first).flatMap((chunk) => this.codesOf(chunk));
    this.translated = new Uint32Array(before.length + added.length);
    this.translated.set(before);
    this.translated.set(added, before.length);
    this.chunks = [...chunks];
    return this.translated;
  }

  /** The words met since the last call, with the code of the first. */
  takeFresh(): { first: number; words: string[] } {
    const words = this.fresh;
    this.fresh = [];
    return { first: this.codes.size - words.length + 1, words };
  }

  private codesOf(chunk: Data): number[] {
    const offsets = chunk.valueOffsets as Int32Array;
    const bytes = chunk.values as Uint8Array;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const codes: number[] = [];
    for (let row = 0; row < chunk.length; row++) {
      codes.push(chunk.getValid(row) ? this.code(text.toString('utf8', offsets[row], offsets[row + 1])) : 0);
    }
    return codes;
  }
}
