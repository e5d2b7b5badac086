// Names of files are bytes, which programs nobody trusts choose. Where they are no text they are written as in the record:
// each byte that is none as `\xNN`.
import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, type Stats } from 'node:fs';

/** As long as a path may be that the kernel is asked about, with room for one more name. */
export const LONGEST_PATH = 3_800;

/** A name as text. */
export function nameText(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  let text = '';
  for (let at = 0; at < name.length; ) {
    const size = [1, 2, 3, 4].find((most) => at + most <= name.length && isUtf8(name.subarray(at, at + most)));
    text += size ? name.toString('utf8', at, at + size) : `\\x${name.toString('hex', at, at + 1)}`;
    at += size ?? 1;
  }
  return text;
}

/** The bytes that `nameText` wrote so. */
export function textBytes(text: string): Buffer {
  const parts = text.split(/\\x([89a-f][0-9a-f])/);
  return Buffer.concat(parts.map((part, at) => Buffer.from(part, at % 2 ? 'hex' : 'utf8')));
}

/** What is at a path that may be written so; a name that says these very letters comes first. */
export function lookAt(path: string): { path: string | Buffer; status: Stats } | undefined {
  const ways = path.includes('\\x') ? [path, textBytes(path)] : [path];
  for (const way of ways) {
    const status = Buffer.byteLength(way) > LONGEST_PATH ? undefined : lstatSync(way, { throwIfNoEntry: false });
    if (status) return { path: way, status };
  }
  return undefined;
}

/** A path and a name in it. */
export const within = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, Buffer.from('/'), name]);

/** The names in a folder, in the order of their bytes. */
export const namesIn = (folder: Buffer): Buffer[] => readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare);
