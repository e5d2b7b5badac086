import { readSystemFile } from '../../policygen/file/parse.js';
import { type Replay, replayRuns } from '../../policygen/replay/replay.js';
import { document, line, note, table } from '../print.js';
import type { ReplayOptions } from '../replay.js';
import { runFolders } from '../runs.js';

const MOST = 50;

/** Says what the rules would have done to recorded runs; 1 if something that was carried would be blocked. */
export async function replay(file: string, runs: string[], options: ReplayOptions): Promise<number> {
  const described = readSystemFile(file);
  const folders = await runFolders(runs);
  const found = await replayRuns(described, folders, { acceptedOnly: options.acceptedOnly === true });
  if (options.json) document(found);
  else tell(found);
  return found.blocked.length > 0 ? 1 : 0;
}

function tell({ runs, interactions, blocked, unused_rules }: Replay): void {
  const rows = blocked
    .slice(0, MOST)
    .map((one) => [one.run, String(one.seq), one.op, one.from, one.to ?? '?', one.object]);
  if (rows.length > 0) for (const text of table(['run', 'seq', 'op', 'from', 'to', 'object'], rows)) line(text);
  if (blocked.length > MOST) line(`and ${blocked.length - MOST} more`);
  note(`${interactions} carried interactions in ${runs} runs: ${blocked.length} would be blocked`);
  if (unused_rules.length > 0) note(`rules that nothing used: ${unused_rules.join(', ')}`);
}
