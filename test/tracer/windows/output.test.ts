import { writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OutputFile } from '../../../tracer/windows/output.js';

test('everything written arrives, in order, and what came last too', async () => {
  const heard: Buffer[] = [];
  const output = new OutputFile((bytes) => heard.push(bytes));
  writeSync(output.descriptor, 'first ');
  output.take();
  writeSync(output.descriptor, 'x'.repeat(200_000));
  writeSync(output.descriptor, ' last');
  output.close();
  const text = Buffer.concat(heard).toString();
  expect(text.length).toBe(200_011);
  expect([text.slice(0, 6), text.slice(-5)]).toEqual(['first ', ' last']);
});
