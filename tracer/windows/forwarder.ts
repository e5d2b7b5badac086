// A Windows library without any code: each of its functions is another library's under another name. For what today's
// programs import and an older Wine lacks. Format: Microsoft's PE/COFF specification, "The .edata Section".

export interface Forwarder {
  /** File name. */
  name: string;
  /** Function to `library.function` that stands in for it. */
  exports: Readonly<Record<string, string>>;
}

const HEADERS = 0x200;
const RVA = 0x1000;
const MACHINES = {
  64: { machine: 0x8664, flags: 0x2022, magic: 0x20b, optional: 240, directories: 112 },
  32: { machine: 0x014c, flags: 0x2102, magic: 0x10b, optional: 224, directories: 96 },
} as const;

/** The library's file. */
export function forwarderDll({ name, exports }: Forwarder, bits: 32 | 64): Buffer {
  const table = exportTable(name, exports);
  return Buffer.concat([headers(table.length, bits), table], HEADERS + aligned(table.length, 0x200));
}

const aligned = (size: number, to: number): number => Math.ceil(size / to) * to;

/** Numbers of 2 or 4 bytes at offsets. */
function put(into: Buffer, at: number, fields: Readonly<Record<number, number>>, bytes: 2 | 4): void {
  for (const [offset, value] of Object.entries(fields)) into.writeUIntLE(value, at + Number(offset), bytes);
}

function headers(size: number, bits: 32 | 64): Buffer {
  const { machine, flags, magic, optional, directories } = MACHINES[bits];
  const bytes = Buffer.alloc(HEADERS);
  bytes.write('MZ', 0);
  put(bytes, 0, { 60: 64 }, 4);
  bytes.write('PE\0\0', 64);
  put(bytes, 68, { 0: machine, 2: 1, 16: optional, 18: flags }, 2);
  const header = 88;
  // Alignments, versions 6.0, subsystem (console), no execution of data.
  put(bytes, header, { 0: magic, 40: 6, 48: 6, 68: 3, 70: 0x100 }, 2);
  put(bytes, header, { 8: aligned(size, 0x200), 32: RVA, 36: 0x200, 56: RVA + aligned(size, RVA), 60: HEADERS }, 4);
  // Where it likes to lie; having nothing to adjust, it may lie anywhere.
  if (bits === 64) bytes.writeBigUInt64LE(0x1_8000_0000n, header + 24);
  else put(bytes, header, { 28: 0x1000_0000 }, 4);
  put(bytes, header, { [directories - 4]: 16, [directories]: RVA, [directories + 4]: size }, 4);
  const section = header + optional;
  bytes.write('.rdata', section);
  put(bytes, section, { 8: size, 12: RVA, 16: aligned(size, 0x200), 20: HEADERS, 36: 0x4000_0040 }, 4);
  return bytes;
}

function exportTable(name: string, exports: Forwarder['exports']): Buffer {
  const names = Object.keys(exports).sort();
  const [functions, namesAt, ordinals] = [40, 40 + 4 * names.length, 40 + 8 * names.length];
  const texts: Buffer[] = [];
  let end = 40 + 10 * names.length;
  const text = (value: string): number => {
    const at = RVA + end;
    texts.push(Buffer.from(`${value}\0`, 'latin1'));
    end += value.length + 1;
    return at;
  };
  const head = Buffer.alloc(end);
  const count = names.length;
  put(
    head,
    0,
    { 12: text(name), 16: 1, 20: count, 24: count, 28: RVA + functions, 32: RVA + namesAt, 36: RVA + ordinals },
    4,
  );
  names.forEach((each, i) => {
    put(head, 0, { [functions + 4 * i]: text(exports[each] as string), [namesAt + 4 * i]: text(each) }, 4);
    put(head, 0, { [ordinals + 2 * i]: i }, 2);
  });
  return Buffer.concat([head, ...texts]);
}
