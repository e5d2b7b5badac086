// Decisions without a terminal.
import { ShuttleError } from '../../native/contract/problem.js';
import type { Rule, SystemFile } from '../../policygen/file/model.js';
import { parseSystemFile, readText } from '../../policygen/file/parse.js';
import { updateRules } from '../../policygen/file/update.js';
import { decideAll } from '../../policygen/review/batch.js';
import { parseExpression, type Test } from '../../policygen/review/expression.js';
import { FactBook } from '../../policygen/review/facts.js';
import type { Hand } from '../../policygen/review/reduce.js';
import { writeWhole } from '../learn/write.js';
import { document, line, note, table } from '../print.js';
import type { ReviewOptions } from '../review.js';

/** Accepts and refuses what expressions choose, and lists. */
export async function batch(name: string, options: ReviewOptions, hand: Hand): Promise<number> {
  const orders = { accept: (options.accept ?? []).map(testOf), refuse: (options.refuse ?? []).map(testOf) };
  const where = testOf(options.where ?? '');
  const text = readText(name);
  const file = parseSystemFile(text, name);
  const { rules, accepted, refused } = decideAll(file, orders, { by: hand.by, at: hand.now() });
  const changed = accepted.length + refused.length > 0;
  const written = changed && !options.dryRun;
  if (written) writeWhole(name, updateRules(text, rules, name));
  const listed = options.list || options.where !== undefined ? listOf(file, rules, where) : null;
  if (options.json)
    document({
      system_file: file.system.file,
      written,
      accepted,
      refused,
      ...(listed === null ? {} : { rules: listed }),
    });
  else tell(listed, accepted, refused, options);
  return 0;
}

function testOf(expression: string): Test {
  const parsed = parseExpression(expression);
  if ('test' in parsed) return parsed.test;
  throw new ShuttleError({ code: 'EXPRESSION_FORM', expression, at: parsed.at, wrong: parsed.wrong });
}

interface Listed extends Rule {
  risk: number;
  uncertainty: number;
  reasons: readonly string[];
  sentence: string;
}

function listOf(file: SystemFile, rules: readonly Rule[], where: Test): Listed[] {
  const book = new FactBook(file);
  const chosen = rules.filter((rule) => where(book.of(rule).asked));
  return chosen
    .toSorted((a, b) => book.of(b).rank - book.of(a).rank)
    .map((rule) => {
      const { risk, uncertainty, reasons, doing } = book.of(rule);
      return { ...rule, risk, uncertainty, reasons, sentence: doing };
    });
}

function tell(listed: Listed[] | null, accepted: string[], refused: string[], options: ReviewOptions): void {
  const rows = (listed ?? []).map(({ state, risk, needed, id, sentence }) => [
    state,
    String(risk),
    needed,
    id,
    sentence,
  ]);
  if (listed !== null)
    for (const text of table(['state', 'risk', 'needed', 'id', 'what it lets happen'], rows)) line(text);
  if (options.accept || options.refuse)
    note(`${accepted.length} accepted, ${refused.length} refused${options.dryRun ? '; nothing written' : ''}`);
}
