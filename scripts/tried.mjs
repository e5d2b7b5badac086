// What could not be had is not asked for again at every start: it is remembered for a day, for all working trees.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const DAY_MS = 86_400_000;
const place = (env) => join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shuttle/tried.json');

function notes(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Whether this was tried in the last day. */
export function triedLately(name, { env = process.env, now = Date.now() } = {}) {
  const age = now - (Number(notes(place(env))[name]) || 0);
  return age >= 0 && age < DAY_MS;
}

/** Remembers that it was tried, where that can be written down. */
export function noteTried(name, { env = process.env, now = Date.now() } = {}) {
  const file = place(env);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ ...notes(file), [name]: now })}\n`);
  } catch {
    // then it is tried again
  }
}
