// What a review on a terminal asks of files and runs.
import type { Evidence } from '../../analyzer/explain/evidence.js';
import { explain } from '../../native/contract/explain.js';
import { ShuttleError } from '../../native/contract/problem.js';
import type { Rule } from '../../policygen/file/model.js';
import { readText } from '../../policygen/file/parse.js';
import { same, type Value } from '../../policygen/file/scalar.js';
import type { Shown } from '../../policygen/review/frame.js';
import type { Action } from '../../policygen/review/reduce.js';
import { savingOf } from '../../policygen/review/save.js';
import type { Outside } from '../../policygen/review/screen.js';
import type { State } from '../../policygen/review/state.js';
import { writeWhole } from '../learn/write.js';

const MOST_ROWS = 200;
const MOST_MESSAGES = 4;
const WITH_MESSAGES = 20;

/** `loaded` is the text that is reviewed; each saving begins a new one. */
export function outsideOf(name: string, loaded: string, evidence: Evidence | null): Outside {
  let text = loaded;
  return {
    async save(state, leave) {
      try {
        const { action, written } = saved(name, text, state, leave);
        text = written ?? text;
        return action;
      } catch (error) {
        if (!(error instanceof ShuttleError)) throw error;
        return { do: 'failed', message: explain(error.problem).text };
      }
    },
    evidence: (id) => shownOf(id, evidence),
  };
}

function saved(name: string, loaded: string, state: State, leave: boolean): { action: Action; written?: string } {
  const saving = savingOf(loaded, readText(name), state.saved, state.rules, name);
  if ('wrong' in saving)
    return { action: { do: 'failed', message: `not saved: the file on disk is none any more: ${saving.wrong}` } };
  const { text, rules, conflicts, others } = saving;
  // Conflicts are told once; saving again takes the narrower, as it was told.
  if (conflicts.length > 0 && !same(plain(conflicts), plain(state.conflicts)))
    return { action: { do: 'failed', message: '', conflicts } };
  writeWhole(name, text);
  return { action: savedAction(rules, others, leave), written: text };
}

function savedAction(rules: readonly Rule[], others: boolean, leave: boolean): Action {
  return { do: 'saved', rules, leave, message: others ? 'saved, with what had changed on disk' : 'saved' };
}

const plain = (value: unknown): Value => JSON.parse(JSON.stringify(value)) as Value;

async function shownOf(id: string, evidence: Evidence | null): Promise<Shown> {
  if (evidence === null) return { id, rows: [] };
  const rows = await evidence.ofRule(id, MOST_ROWS);
  const withMessages = rows.map(async (row, at) => {
    if (row.channel === null || at >= WITH_MESSAGES) return row;
    return { ...row, messages: await evidence.messages(row.run, row.channel, MOST_MESSAGES) };
  });
  return { id, rows: await Promise.all(withMessages) };
}
