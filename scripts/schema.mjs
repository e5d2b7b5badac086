// Writes policygen/file/system.schema.json, the published form of policygen/file/schema.ts, from the built files.
// `--print` writes to standard output instead, for the test that holds the two together.
import { writeFileSync } from 'node:fs';

const { SCHEMA } = await import('../dist/policygen/file/schema.js');
const text = `${JSON.stringify(SCHEMA, null, 2)}\n`;
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(new URL('../policygen/file/system.schema.json', import.meta.url), text);
