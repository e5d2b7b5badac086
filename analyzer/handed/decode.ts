// The texts that bytes of a message may be: as UTF-8, as UTF-16 wherever it lies, and what their JSON, C and URL escapes
// stand for. Each reading takes time linear in the bytes.

const utf8 = new TextDecoder('utf-8');
const utf16 = new TextDecoder('utf-16le');

// Three characters of UTF-16 in a row, as plain Latin text has them.
const WIDE = /(?:[\t\n\r\x20-\x7e]\0){3}/g;
const MOST_LOOKED_AT = 8;

/** Every reading of `bytes` that differs from the others, the plain one first. */
export function readings(bytes: Uint8Array): string[] {
  const plain = utf8.decode(bytes);
  const texts = [plain, ...wideReadings(bytes, plain)];
  for (const text of [...texts]) texts.push(...unescapings(text));
  return [...new Set(texts)];
}

/** The readings of a text that is known to be one. */
export function readingsOfText(text: string): string[] {
  return [...new Set([text, ...unescapings(text)])];
}

// Text of two bytes a character may begin at an even byte or at an odd one.
function wideReadings(bytes: Uint8Array, plain: string): string[] {
  if (!plain.includes('\0')) return [];
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const starts = new Set<number>();
  let looked = 0;
  for (const { index } of latin.matchAll(WIDE)) {
    starts.add(index & 1);
    if (starts.size === 2 || ++looked === MOST_LOOKED_AT) break;
  }
  return [...starts].map((start) => utf16.decode(bytes.subarray(start)));
}

function unescapings(text: string): string[] {
  const found: string[] = [];
  const plain = text.includes('\\') ? backslashes(text) : text;
  if (plain !== text) found.push(plain);
  for (const one of [text, ...found]) {
    const decoded = one.includes('%') ? percents(one) : one;
    if (decoded !== one) found.push(decoded);
  }
  return found;
}

const LETTERS: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  e: '\u001b',
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{3})|([^\n]))/g;

/** What a JSON or C string with these characters stands for. */
function backslashes(text: string): string {
  let bytesSeen = false;
  const plain = text.replace(ESCAPE, (_, unicode?: string, hex?: string, octal?: string, other?: string) => {
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
    if (other !== undefined) return LETTERS[other] ?? other;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number.parseInt(octal!, 8) & 0xff;
    bytesSeen ||= code >= 0x80;
    return String.fromCharCode(code);
  });
  // Escaped bytes of UTF-8 came out one by one.
  return bytesSeen ? plain.replace(/[\x80-\xff]+/g, (bytes) => utf8.decode(Buffer.from(bytes, 'latin1'))) : plain;
}

function percents(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => utf8.decode(Buffer.from(run.replaceAll('%', ''), 'hex')));
}
