// Packages of many small files as one file each. Node spends 100 ms on finding and opening yaml's sixty files, more than
// a VM takes to start; in one file it is a tenth of that. Only what every command loads is worth it.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { filesUnder } from './files.mjs';

// Their entries as ES modules: from CommonJS a bundle exports no names.
const PACKAGES = {
  commander: 'commander/esm.mjs',
  flatbuffers: 'flatbuffers/mjs/flatbuffers.js',
  yaml: 'yaml/browser/dist/index.js',
};
const IMPORT = new RegExp(`(from |import\\()'(${Object.keys(PACKAGES).join('|')})'`, 'g');

/** Bundles the packages into `dist/vendor` and lets the built files import them from there. */
export async function vendor(root, dist) {
  for (const [name, entry] of Object.entries(PACKAGES)) {
    const input = join(root, 'node_modules', entry);
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' });
    await bundle.write({ file: join(dist, `vendor/${name}.js`), format: 'esm', minify: true });
    await bundle.close();
  }
  for (const file of filesUnder(dist, /\.js$/, new Set(['vendor']))) {
    const text = readFileSync(file, 'utf8');
    const path = relative(dirname(file), join(dist, 'vendor'));
    const made = text.replace(
      IMPORT,
      (_, how, name) => `${how}'${path.startsWith('.') ? path : `./${path}`}/${name}.js'`,
    );
    if (made !== text) writeFileSync(file, made);
  }
}
