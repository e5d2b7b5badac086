// A text file line by line, so that a trace of any length needs no more memory than its longest line.
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;
/** Longer lines are no trace's; what goes on beyond is left out. */
const LONGEST = 1 << 22;
const NEWLINE = 0x0a;

/** Every line without its end; `saw` is shown the bytes as they are read. */
export function* linesOf(file: string, saw: (bytes: Uint8Array) => void = () => {}): Generator<string> {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(CHUNK);
  let rest: Buffer[] = [];
  let held = 0;
  const hold = (bytes: Buffer): void => {
    const room = bytes.subarray(0, Math.max(0, LONGEST - held));
    if (room.length > 0) rest.push(Buffer.from(room));
    held += room.length;
  };
  const line = (): string => {
    const text = Buffer.concat(rest).toString();
    [rest, held] = [[], 0];
    return text;
  };
  try {
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      const bytes = buffer.subarray(0, read);
      saw(bytes);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        if (held === 0) yield bytes.toString('utf8', start, end);
        else {
          hold(bytes.subarray(start, end));
          yield line();
        }
        start = end + 1;
      }
      hold(bytes.subarray(start));
    }
    if (held > 0) yield line();
  } finally {
    closeSync(descriptor);
  }
}

/** The first bytes of a file, as text. */
export function headOf(file: string, bytes: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, readSync(descriptor, head)).toString();
  } finally {
    closeSync(descriptor);
  }
}
