// What each target makes of the systems of fixtures/exports, and how truly. `UPDATE_EXPORTS=1` writes the files anew: look at
// every difference.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { TARGET_NAMES } from '../../../cli/export.js';
import { exportSystem } from '../../../policygen/export/export.js';
import { type Finding, reasonWords } from '../../../policygen/export/finding.js';
import { TARGETS } from '../../../policygen/export/targets.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';
import { valuesOf } from './values.js';

const fixtures = fileURLToPath(new URL('../../../fixtures/exports', import.meta.url));
const systems = readdirSync(fixtures);
const update = process.env.UPDATE_EXPORTS === '1';

const lineOf = ({ rule, op, object, fidelity, reasons }: Finding) =>
  `${fidelity.padEnd(8)}  ${rule ?? '-'}  ${op ?? '-'}  ${JSON.stringify(object)}${reasons.map((one) => `\n          ${one.code}: ${reasonWords(one)}`).join('')}`;

function exportsOf(system: string, name: string): Map<string, string> {
  const file = join(fixtures, system, `${system}.shuttle.yaml`);
  const parsed = parseSystemFile(readFileSync(file, 'utf8'), `/srv/${system}/${system}.shuttle.yaml`);
  const target = TARGETS.find((one) => one.name === name)!;
  const { exports } = exportSystem(parsed, target, { valuesOf });
  return new Map(
    exports.flatMap(({ file: made, text, findings }): [string, string][] => [
      [made, text],
      [`${made}.findings`, `${findings.map(lineOf).join('\n')}\n`],
    ]),
  );
}

const CASES = systems.flatMap((system) =>
  TARGETS.filter((target) => target.systems === 'any' || (target.systems === 'windows') === (system === 'windows')).map(
    ({ name }) => [system, name] as const,
  ),
);

test.each(CASES)('%s for %s', (system, target) => {
  const folder = join(fixtures, system, target);
  const made = exportsOf(system, target);
  if (update) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, text] of made) writeFileSync(join(folder, name), text);
  }
  const there = existsSync(folder) ? readdirSync(folder) : [];
  expect(Object.fromEntries(made)).toEqual(
    Object.fromEntries(there.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
  );
});

test('the targets that --help names are those there are', () =>
  expect(TARGETS.map(({ name }) => name)).toEqual([...TARGET_NAMES]));
