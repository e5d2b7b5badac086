// Prints the C++ sources in the given folders of native/, one a line, for binding.gyp.
import { fileURLToPath } from 'node:url';
import { filesUnder } from './files.mjs';

const native = fileURLToPath(new URL('../native/', import.meta.url));
for (const folder of process.argv.slice(2))
  for (const file of filesUnder(native + folder, /\.cc$/, new Set(['build', 'test'])))
    console.log(file.slice(native.length));
