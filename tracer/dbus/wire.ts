// As much of the D-Bus wire format as a client of the bus itself needs: calls with strings, answers of strings, lists of
// strings and numbers (D-Bus specification, "Message Protocol").

const CALL = 1;
const RETURN = 2;
const ERROR = 3;
const SIGNAL = 4;
const [PATH, INTERFACE, MEMBER, REPLY_TO, DESTINATION, SENDER, SIGNATURE] = [1, 2, 3, 5, 6, 7, 8];
const LARGEST = 1 << 27;

export interface Call {
  serial: number;
  path: string;
  member: string;
  interface: string;
  destination: string;
  args: readonly string[];
}

export interface Message {
  kind: 'return' | 'error' | 'signal' | 'other';
  replyTo: number;
  member: string;
  sender: string;
  body: (string | number | string[])[];
}

const padding = (size: number, to: number): number => (to - (size % to)) % to;

class Writer {
  private readonly parts: Buffer[] = [];
  size = 0;

  align(to: number): void {
    this.push(Buffer.alloc(padding(this.size, to)));
  }
  byte(value: number): void {
    this.push(Buffer.from([value]));
  }
  u32(value: number): void {
    this.align(4);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.push(bytes);
  }
  text(value: string): void {
    const bytes = Buffer.from(value);
    this.u32(bytes.length);
    this.push(bytes);
    this.byte(0);
  }
  signature(value: string): void {
    this.byte(value.length);
    this.push(Buffer.from(`${value}\0`));
  }
  push(bytes: Buffer): void {
    this.parts.push(bytes);
    this.size += bytes.length;
  }
  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}

/** The bytes of a method call. */
export function writeCall(call: Call): Buffer {
  const body = new Writer();
  for (const arg of call.args) body.text(arg);
  const fields = new Writer();
  const field = (code: number, type: string, put: () => void) => {
    fields.align(8);
    fields.byte(code);
    fields.signature(type);
    put();
  };
  field(PATH!, 'o', () => fields.text(call.path));
  field(INTERFACE!, 's', () => fields.text(call.interface));
  field(MEMBER!, 's', () => fields.text(call.member));
  field(DESTINATION!, 's', () => fields.text(call.destination));
  if (call.args.length > 0) field(SIGNATURE!, 'g', () => fields.signature('s'.repeat(call.args.length)));
  const head = new Writer();
  head.push(Buffer.from(['l'.charCodeAt(0), CALL, 0, 1]));
  head.u32(body.size);
  head.u32(call.serial);
  head.u32(fields.size);
  head.push(fields.bytes());
  head.align(8);
  return Buffer.concat([head.bytes(), body.bytes()]);
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
    private readonly little: boolean,
  ) {}

  get place(): number {
    return this.at;
  }
  align(to: number): void {
    this.at += padding(this.at, to);
  }
  byte(): number {
    return this.bytes.readUInt8(this.at++);
  }
  u32(): number {
    this.align(4);
    this.at += 4;
    return this.little ? this.bytes.readUInt32LE(this.at - 4) : this.bytes.readUInt32BE(this.at - 4);
  }
  text(size = this.u32()): string {
    if (this.at + size + 1 > this.bytes.length) throw new RangeError('a string goes past its message');
    const text = this.bytes.toString('utf8', this.at, this.at + size);
    this.at += size + 1;
    return text;
  }
  texts(): string[] {
    const end = this.u32() + this.at;
    const list: string[] = [];
    while (this.at < end) list.push(this.text());
    return list;
  }
  /** One value of a type that the bus answers with. */
  value(type: string): string | number | string[] {
    if (type === 's' || type === 'o') return this.text();
    if (type === 'u') return this.u32();
    if (type === 'as') return this.texts();
    if (type === 'g') return this.text(this.byte());
    throw new RangeError(`type ${type} is not read here`);
  }
}

/** The first whole message of the bytes and its length; null while more bytes are needed. Throws on what is none. */
export function readMessage(bytes: Buffer): { message: Message; size: number } | null {
  if (bytes.length < 16) return null;
  const little = bytes[0] === 0x6c;
  if (!little && bytes[0] !== 0x42) throw new RangeError('not a D-Bus message');
  const head = new Reader(bytes, 4, little);
  const bodySize = head.u32();
  head.u32(); // its serial
  const fieldsSize = head.u32();
  const bodyAt = 16 + fieldsSize + padding(fieldsSize, 8);
  if (bodyAt + bodySize > LARGEST) throw new RangeError('a message that is too long');
  if (bytes.length < bodyAt + bodySize) return null;
  const whole = bytes.subarray(0, bodyAt + bodySize);
  const fields = readFields(new Reader(whole, 16, little), 16 + fieldsSize);
  const types = String(fields.get(SIGNATURE!) ?? '').match(/as|./g) ?? [];
  const kind = bytes[1] === RETURN ? 'return' : bytes[1] === ERROR ? 'error' : bytes[1] === SIGNAL ? 'signal' : 'other';
  const message: Message = {
    kind,
    replyTo: Number(fields.get(REPLY_TO!) ?? 0),
    member: String(fields.get(MEMBER!) ?? ''),
    sender: String(fields.get(SENDER!) ?? ''),
    body: kind === 'other' ? [] : readBody(new Reader(whole.subarray(bodyAt), 0, little), types),
  };
  return { message, size: whole.length };
}

function readFields(from: Reader, end: number): Map<number, string | number | string[]> {
  const fields = new Map<number, string | number | string[]>();
  while (from.place < end) {
    from.align(8);
    const code = from.byte();
    fields.set(code, from.value(from.text(from.byte())));
  }
  return fields;
}

/** Values up to the first of a type that is of no interest here. */
function readBody(from: Reader, types: readonly string[]): Message['body'] {
  const body: Message['body'] = [];
  for (const type of types) {
    if (!['s', 'o', 'u', 'as', 'g'].includes(type)) break;
    body.push(from.value(type));
  }
  return body;
}
