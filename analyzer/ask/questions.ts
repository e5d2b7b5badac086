// Runs in a database, to be asked again and again: what a prompt needs beside the answer to one question.
import { ShuttleError } from '../../native/contract/problem.js';
import type { Answer, Database } from '../load/duck.js';
import { loadRuns } from '../load/load.js';
import { loadRules } from '../load/rules.js';
import { withScratch } from '../load/scratch.js';
import { MODELS, make } from '../models/make.js';
import type { ExistingRule } from '../rule.js';
import { sql } from '../sql.js';
import { writeArrow } from './into_arrow.js';
import { CONCLUDED, PUBLISHED, publishedNames } from './published.js';
import { everyStatement } from './statements.js';

/** Files an answer can be written as. */
export type FileFormat = 'csv' | 'parquet' | 'arrow';

interface Column {
  table: string;
  column: string;
}

// What they are made of.
const BELOW = ['served', 'outward', 'uses', 'names'] as const;
const names = (text: string, table: string): boolean => new RegExp(`\\b${table}\\b`, 'i').test(text);

export class Questions {
  private concluded = false;

  private constructor(
    private readonly database: Database,
    readonly withRules: boolean,
    private readonly hidden: ReadonlySet<string>,
  ) {}

  static async of(database: Database, withRules: boolean): Promise<Questions> {
    const published = new Set(publishedNames(withRules));
    const known = await database.all<Column>(sql('ask/known_columns'));
    const [open, inner] = [
      known.filter(({ table }) => published.has(table)),
      known.filter(({ table }) => !published.has(table)),
    ];
    const columns = new Set(open.map(({ column }) => column));
    const hidden = inner.flatMap(({ table, column }) => (columns.has(column) ? [table] : [table, column]));
    const models = MODELS.filter((model) => !published.has(model));
    return new Questions(database, withRules, new Set([...hidden, ...models]));
  }

  /** The last statement's rows. Throws QUERY_FAILED. */
  ask(text: string): Promise<Answer> {
    return this.tried(async () => this.database.ask(await this.untilLast(text)));
  }

  /** Writes the last statement's rows into a file. Throws QUERY_FAILED. */
  async save(text: string, format: FileFormat, file: string): Promise<void> {
    await this.tried(async () => {
      const asked = await this.untilLast(text);
      if (format === 'arrow') return writeArrow(this.database, asked, file);
      return this.database.run(sql(`ask/into_${format}`), { asked, file });
    });
  }

  /** Ends what is being asked. */
  cancel(): void {
    this.database.cancel();
  }

  /** Tables and views, the published ones first, each with its columns. */
  async tables(): Promise<Map<string, string[]>> {
    const tables = new Map<string, string[]>(publishedNames(this.withRules).map((name) => [name, []]));
    for (const name of CONCLUDED)
      tables.set(
        name,
        PUBLISHED[name]!.columns.map(([column]) => column),
      );
    for (const { table, column } of await this.database.all<Column>(sql('ask/known_columns')))
      if (!this.hidden.has(table) && !CONCLUDED.includes(table))
        tables.set(table, [...(tables.get(table) ?? []), column]);
    return tables;
  }

  /** What the word at the end of `text` could become: tables, columns, SQL's words. */
  async completions(text: string): Promise<string[]> {
    const word = /[\w"]*$/.exec(text)?.[0] ?? '';
    const plain = (name: string) => name.replaceAll('"', '').trim().toLowerCase();
    const found = await this.database.all<{ suggestion: string; kind: string }>(sql('ask/completions'), { text });
    const fitting = found.filter(
      ({ suggestion }) => plain(suggestion).startsWith(plain(word)) && !this.hidden.has(suggestion.replaceAll('"', '')),
    );
    // A name of what was recorded comes before words of the language that begin alike.
    const isName = ({ kind }: { kind: string }) => kind === 'table' || kind === 'column';
    const names = fitting.filter(isName);
    const offered = word !== '' && names.length === 1 ? names : [...names, ...fitting.filter((one) => !isName(one))];
    return [...new Set(offered.map(({ suggestion }) => suggestion.trim()).filter((one) => /^"?\w/.test(one)))];
  }

  /** Of several statements at once DuckDB's driver answers the first that has rows: all but the last are run before. */
  private async untilLast(text: string): Promise<string> {
    if (!this.concluded && CONCLUDED.some((table) => names(text, table))) {
      await make(this.database, [...BELOW, 'dependencies', 'edges']);
      this.concluded = true;
    }
    const statements = everyStatement(text);
    const last = statements.pop() ?? '';
    for (const statement of statements) await this.database.run(statement);
    return last;
  }

  private async tried<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new ShuttleError({
        code: 'QUERY_FAILED',
        error: (error as Error).message.trimEnd(),
        rules: this.withRules,
      });
    }
  }
}

/** Loads runs, and the rules where they are given, for `use` to ask. Throws what `loadRuns` throws. */
export async function withQuestions<T>(
  folders: readonly string[],
  rules: readonly ExistingRule[] | undefined,
  use: (questions: Questions) => Promise<T>,
): Promise<T> {
  return withScratch(folders, async (database) => {
    await loadRuns(database, folders);
    if (rules !== undefined) await loadRules(database, rules);
    return use(await Questions.of(database, rules !== undefined));
  });
}
