// An Arrow file written batch by batch, so that what was written leaves memory.
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Data, makeData, RecordBatch, RecordBatchFileWriter, type Schema, Struct } from 'apache-arrow';

const BATCH = 1 << 16;

/** Writes `rows` rows; `columnsOf` gives those from `start` on. Without rows there is one empty batch. */
export async function writeTable(
  file: string,
  schema: Schema,
  rows: number,
  columnsOf: (start: number, rows: number) => Data[],
): Promise<void> {
  const writer = new RecordBatchFileWriter();
  const written = drain(writer, file);
  for (let start = 0; start === 0 || start < rows; start += BATCH) {
    const length = Math.min(BATCH, rows - start);
    const children = columnsOf(start, length);
    writer.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, children })));
    await new Promise((resolve) => setImmediate(resolve)); // so that it is written before the next is made
  }
  writer.close();
  await written;
}

async function drain(writer: RecordBatchFileWriter, file: string): Promise<void> {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    for await (const bytes of writer) writeSync(descriptor, bytes as Uint8Array);
  } finally {
    closeSync(descriptor);
  }
}
