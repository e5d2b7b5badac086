// Prints the C++ sources in the given folders of native/, one a line, for binding.gyp.
import { existsSync, readdirSync } from 'node:fs';

const native = new URL('../native/', import.meta.url);
for (const folder of process.argv.slice(2)) {
  const where = new URL(`${folder}/`, native);
  const names = existsSync(where) ? readdirSync(where).filter((name) => name.endsWith('.cc')) : [];
  for (const name of names.sort()) console.log(`${folder}/${name}`);
}
