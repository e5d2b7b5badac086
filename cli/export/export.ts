import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { isWindows } from '../../policygen/compile.js';
import { type Export, type Exported, exportSystem, widenings } from '../../policygen/export/export.js';
import { reasonWords } from '../../policygen/export/finding.js';
import type { Values } from '../../policygen/export/reading.js';
import { TARGETS } from '../../policygen/export/targets.js';
import type { SystemFile } from '../../policygen/file/model.js';
import { readSystemFile } from '../../policygen/file/parse.js';
import { readRunInfo } from '../../tracer/record/run_info.js';
import { listRuns } from '../../tracer/session/folders.js';
import type { ExportOptions } from '../export.js';
import { writeWhole } from '../learn/write.js';
import { document, line, note, paint } from '../print.js';
import { learningRuns } from '../runs.js';
import { linesOf } from './words.js';

/** Writes a system's rules in another format and says how truly; 1 where --strict refuses. */
export async function exportRules(name: string, options: ExportOptions): Promise<number> {
  const file = readSystemFile(name);
  const target = TARGETS.find((one) => one.name === options.to)!;
  const valuesOf = await valuesFor(file);
  const acceptedOnly = options.acceptedOnly === true;
  const made = exportSystem(file, target, { vm: options.vm, acceptedOnly, valuesOf });
  const refused = options.strict === true && widenings(made.exports).length > 0;
  const places = refused ? null : placesOf(made.exports, options);
  for (const [at, one] of made.exports.entries()) if (places) writeWhole(places[at]!, one.text, 'ANSWER_UNWRITABLE');
  if (options.json) document(documentOf(made, { options, refused, places }));
  else tell(made, { options, refused, places });
  return refused ? 1 : 0;
}

/** What tokens stand for: as the latest run had it, or as this machine has it for whoever asks. */
async function valuesFor(file: SystemFile): Promise<(vm: string) => Values> {
  const latest = (await learningRuns(listRuns(file.system))).at(-1);
  const recorded = latest === undefined ? {} : readRunInfo(latest).vms;
  const { username, uid } = userInfo();
  const here = { user: username, uid: String(uid), host: hostname(), home: homedir(), temp: '/tmp' };
  const windows = new Set(file.system.vms.filter(isWindows).map((vm) => vm.name));
  return (vm) => recorded[vm]?.variables ?? (windows.has(vm) ? {} : here);
}

/** Where each export goes; null for standard output. Several go into a folder. */
function placesOf(exports: readonly Exported[], { output }: ExportOptions): string[] | null {
  if (output === undefined) return null;
  const folder = exports.length > 1 || output.endsWith('/') || (existsSync(output) && statSync(output).isDirectory());
  if (!folder) return [output];
  mkdirSync(output, { recursive: true });
  return exports.map(({ file }) => join(output, file));
}

interface Outcome {
  options: ExportOptions;
  refused: boolean;
  places: readonly string[] | null;
}

function documentOf({ exports, left }: Export, { options, refused, places }: Outcome): unknown {
  return {
    target: options.to,
    refused,
    exports: exports.map(({ vm, file, text, counts, findings }, at) => ({
      vm,
      file: places?.[at] ?? file,
      text: refused ? null : text,
      counts,
      findings: findings.map((one) => ({
        ...one,
        reasons: one.reasons.map((reason) => ({ ...reason, words: reasonWords(reason) })),
      })),
    })),
    left,
  };
}

function tell({ exports, left }: Export, { options, refused, places }: Outcome): void {
  for (const [at, one] of exports.entries()) {
    if (!refused && places === null) {
      if (exports.length > 1) line(`==> ${one.file} <==`);
      line(one.text.replace(/\n$/, ''));
    }
    for (const text of linesOf(one, options.to)) note(text);
    if (places !== null) note(`written to ${places[at]}`);
  }
  if (left.length > 0) note(`left out, for ${options.to} cannot confine them: ${left.join(', ')}`);
  if (refused)
    note(paint('red', 'refused: --strict, and this would let through more than the rules do; nothing was written'));
}
