// What was typed at the prompt, kept between sessions, a line each.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeInState } from '../../tracer/vm/state.js';

const MOST = 1000;

export class History {
  private constructor(
    /** Null where nothing can be kept. */
    private readonly file: string | null,
    /** As readline wants them: the latest first. */
    readonly lines: readonly string[],
  ) {}

  /** What is there; a state folder that cannot be written or read is no reason not to ask. */
  static open(): History {
    try {
      const file = join(madeInState(), 'query_history');
      const lines = read(file);
      // The file grows at its end, by several prompts at once; it is cut now and then.
      if (lines.length > 2 * MOST) writeFileSync(file, `${lines.slice(-MOST).join('\n')}\n`, { mode: 0o600 });
      return new History(file, lines.slice(-MOST).toReversed());
    } catch {
      return new History(null, []);
    }
  }

  add(text: string): void {
    if (this.file === null || text === '') return;
    try {
      appendFileSync(this.file, `${text}\n`, { mode: 0o600 });
    } catch {
      // kept for this session by readline
    }
  }
}

function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
