// DNS messages written out byte by byte, for tests: their own making, so that the engine is not checked against itself.

export const u16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** A name as labels, ending in the root. */
export function name(text: string): Buffer {
  const labels = text === '' ? [] : text.split('.');
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.from([0]),
  ]);
}

export const question = (host: string, type: number, klass = 1): Buffer =>
  Buffer.concat([name(host), u16(type), u16(klass)]);

/** A record; `owner` is a name, or bytes of one. */
export function record(owner: string | Buffer, type: number, klass: number, ttl: number, data: Buffer): Buffer {
  const bytes = typeof owner === 'string' ? name(owner) : owner;
  return Buffer.concat([bytes, u16(type), u16(klass), u32(ttl), u16(data.length), data]);
}

export interface Parts {
  id?: number;
  flags?: number;
  questions?: readonly Buffer[];
  answers?: readonly Buffer[];
  more?: readonly Buffer[];
  /** Counts that are not true. */
  count?: { answers?: number; more?: number };
}

export function message({ id = 0, flags = 0, questions = [], answers = [], more = [], count = {} }: Parts): Buffer {
  const header = [id, flags, questions.length, count.answers ?? answers.length, 0, count.more ?? more.length].map(u16);
  return Buffer.concat([...header, ...questions, ...answers, ...more]);
}
