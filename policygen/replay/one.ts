// One recorded interaction, decided anew.
import { join } from 'node:path';
import { openRuns } from '../../analyzer/load/load.js';
import { ShuttleError } from '../../native/contract/problem.js';
import type { CompiledRule } from '../../native/contract/rules.js';
import { ACCESS, type Access } from '../../native/contract/words.js';
import { addon } from '../../native/engine.js';
import { byPrecedence } from '../compare/order.js';
import { type CompileOptions, compileSystem } from '../compile.js';
import type { Asked } from '../explain/question.js';
import type { SystemFile } from '../file/model.js';
import type { Row } from './question.js';
import { deciderOf, rowAt } from './replay.js';
import { batchesOf } from './rows.js';

export interface DecidedRow {
  asked: Asked;
  /** The rule that decides now. */
  decided: string | null;
  recorded: { run: string; seq: number; verdict: string; rule: string | null };
  rules: readonly CompiledRule[];
}

/** Throws ROW_UNKNOWN, and what opening and reading a run throws. */
export async function decideRow(
  file: SystemFile,
  folder: string,
  seq: number,
  options: CompileOptions = {},
): Promise<DecidedRow> {
  const rules = compileSystem(file, options);
  const [run] = await openRuns([folder]);
  const decider = deciderOf(run!, new (addon().RuleTable)(rules), rules);
  for (const columns of batchesOf(join(run!.folder, 'interactions.arrow'), 'interactions')) {
    decider.note(columns);
    const numbers = columns.numbers('seq');
    for (let at = 0; at < columns.rows; at++) {
      if (numbers(at) !== seq) continue;
      const row = rowAt(columns)(at);
      return {
        asked: askedBy(row),
        decided: decider.decide(row)?.rule ?? null,
        recorded: { run: run!.info.id, seq, verdict: columns.text('verdict')(at)!, rule: columns.text('rule')(at) },
        rules: byPrecedence(rules),
      };
    }
  }
  throw new ShuttleError({ code: 'ROW_UNKNOWN', run: run!.info.id, seq });
}

const baseName = (path: string | null): string | null =>
  path?.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) ?? null;

function askedBy({ op, vm, image, peer, peerImage, object, access: bits }: Row): Asked {
  const access = (Object.keys(ACCESS) as Access[]).filter((word) => (bits & ACCESS[word]) !== 0);
  return { op, from: vm, fromImage: baseName(image), to: peer, toImage: baseName(peerImage), object, access };
}
