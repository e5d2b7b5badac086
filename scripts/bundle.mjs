// The commands and the recorder's thread as few files each. Node spends half a millisecond and more on finding and
// opening each file, and a command has a hundred: more than a VM takes to start. What a command imports only when it
// needs it stays apart, and so do packages with native parts.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const ENTRIES = ['cli/main', 'tracer/record/worker'];

// Their entries as ES modules: from CommonJS a bundle exports no names.
const PACKAGES = {
  commander: 'commander/esm.mjs',
  flatbuffers: 'flatbuffers/mjs/flatbuffers.js',
  yaml: 'yaml/browser/dist/index.js',
};

const isPackage = (id) => !/^[./\0]/.test(id);

/** Where a file was before it went into a bundle: what it finds beside itself is still there. */
const places = (dist) => ({
  name: 'places',
  transform(code, id) {
    if (!id.startsWith(dist) || !code.includes('import.meta.url')) return null;
    return code.replaceAll('import.meta.url', `__placeOf(${JSON.stringify(relative(dist, id))})`);
  },
});

function withPlaces({ code, fileName }) {
  return code.replace(/__placeOf\((".*?")\)/g, (_, quoted) => {
    const path = relative(dirname(fileName), JSON.parse(quoted));
    return `new URL(${JSON.stringify(path)}, import.meta.url).href`;
  });
}

// What nearly every command loads, what runs VMs, and what the recorder's thread needs of it: one file each, whoever
// imports it. The rest falls into files by who imports it, the first fitting group counts.
const GROUPS = [
  { name: 'contract', test: /\/dist\/(native\/contract\/|tracer\/(version|session\/write_all)\.js)/ },
  { name: 'front', test: /\/dist\/cli\/(?!main|runs)\w+\.js|\/commander\// },
  { name: 'record', test: /\/dist\/(native\/engine|tracer\/record\/(?!worker))|\/flatbuffers\// },
  {
    name: 'run',
    test: /\/dist\/(native|tracer\/(session\/(?!buses)|vm|windows)|policygen\/(compile|file|pattern)|analyzer\/(pattern|rule_id|order)|cli\/run\/(?!ask))|\/yaml\//,
  },
];

/** Bundles what tsc made in `dist`: the entries are replaced, what they share goes to `dist/bundle`. */
export async function bundle(root, dist) {
  const bundled = await rolldown({
    input: Object.fromEntries(ENTRIES.map((name) => [name, join(dist, `${name}.js`)])),
    platform: 'node',
    logLevel: 'silent',
    preserveEntrySignatures: false,
    external: (id) => isPackage(id) && !Object.hasOwn(PACKAGES, id),
    resolve: {
      alias: Object.fromEntries(Object.entries(PACKAGES).map(([name, at]) => [name, join(root, 'node_modules', at)])),
    },
    plugins: [places(dist)],
  });
  const { output } = await bundled.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    codeSplitting: { includeDependenciesRecursively: false, groups: GROUPS },
    chunkFileNames: 'bundle/[name]-[hash].js',
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  });
  await bundled.close();
  rmSync(join(dist, 'bundle'), { recursive: true, force: true });
  mkdirSync(join(dist, 'bundle'));
  for (const chunk of output) writeFileSync(join(dist, chunk.fileName), withPlaces(chunk));
}
