// A Windows library with one more import in front of its others: whoever loads the library loads that one first. Pure.
//
// The import table (one descriptor for each library, 20 bytes) has no room to grow, so a copy of it with the new
// descriptor goes into a section added at the file's end. The rest of the file stays as it is.

const SECTION_BYTES = 40;
const DESCRIPTOR_BYTES = 20;
const READ_WRITE_DATA = 0xc0000040;

interface Layout {
  view: DataView;
  sections: number;
  sectionTable: number;
  optional: number;
  wide: boolean;
}

function layoutOf(image: Uint8Array): Layout | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < 0x200 || view.getUint16(0, true) !== 0x5a4d) return null;
  const pe = view.getUint32(0x3c, true);
  if (pe + 0x108 > image.length || view.getUint32(pe, true) !== 0x4550) return null;
  const optional = pe + 24;
  const magic = view.getUint16(optional, true);
  if (magic !== 0x20b && magic !== 0x10b) return null;
  const sections = view.getUint16(pe + 6, true);
  return { view, sections, sectionTable: optional + view.getUint16(pe + 20, true), optional, wide: magic === 0x20b };
}

const upTo = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Where in the file an address of the loaded image stands; null for none. */
function fileOffset({ view, sections, sectionTable }: Layout, address: number): number | null {
  for (let at = sectionTable; at < sectionTable + sections * SECTION_BYTES; at += SECTION_BYTES) {
    const [size, begin, raw] = [at + 16, at + 12, at + 20].map((offset) => view.getUint32(offset, true)) as [
      number,
      number,
      number,
    ];
    if (address >= begin && address < begin + size) return raw + address - begin;
  }
  return null;
}

/**
 * The library's bytes with `library` imported first, by its export `symbol`. Null where the file is not as every linker
 * makes it, or has no room for one more section's header.
 */
export function withFirstImport(image: Uint8Array, library: string, symbol: string): Uint8Array | null {
  const layout = layoutOf(image);
  if (layout === null) return null;
  const { view, sections, sectionTable, optional, wide } = layout;
  const directory = optional + (wide ? 112 : 96) + 8;
  const [table, tableBytes] = [view.getUint32(directory, true), view.getUint32(directory + 4, true)];
  const old = fileOffset(layout, table);
  const headers = view.getUint32(optional + 60, true);
  const header = sectionTable + sections * SECTION_BYTES;
  if (old === null || header + SECTION_BYTES > headers) return null;
  let count = 0;
  while (view.getUint32(old + count * DESCRIPTOR_BYTES + 12, true) !== 0) count++;

  const address = view.getUint32(optional + 56, true); // the image's size: the new section begins there
  const [sectionStep, fileStep] = [view.getUint32(optional + 32, true), view.getUint32(optional + 36, true)];
  const descriptors = DESCRIPTOR_BYTES * (count + 2);
  const word = wide ? 8 : 4;
  const names = upTo(descriptors, 8);
  const thunks = names;
  const addresses = thunks + 2 * word;
  const hint = addresses + 2 * word;
  const name = upTo(hint + 2 + symbol.length + 1, 2);
  const size = name + library.length + 1;

  const begin = upTo(image.length, fileStep);
  const out = new Uint8Array(begin + upTo(size, fileStep));
  out.set(image);
  out.set(image.subarray(old, old + DESCRIPTOR_BYTES * count), begin + DESCRIPTOR_BYTES);
  const to = new DataView(out.buffer);
  to.setUint32(begin, address + thunks, true);
  to.setUint32(begin + 12, address + name, true);
  to.setUint32(begin + 16, address + addresses, true);
  to.setUint32(begin + thunks, address + hint, true);
  to.setUint32(begin + addresses, address + hint, true);
  out.set(new TextEncoder().encode(symbol), begin + hint + 2);
  out.set(new TextEncoder().encode(library), begin + name);

  out.set(new TextEncoder().encode('.shuttle'), header);
  const fields = [size, address, upTo(size, fileStep), begin, 0, 0, 0, READ_WRITE_DATA];
  fields.forEach((field, i) => {
    to.setUint32(header + 8 + 4 * i, field, true);
  });
  to.setUint16(view.getUint32(0x3c, true) + 6, sections + 1, true);
  to.setUint32(optional + 56, upTo(address + size, sectionStep), true);
  to.setUint32(directory, address, true);
  to.setUint32(directory + 4, tableBytes + DESCRIPTOR_BYTES, true);
  return out;
}
