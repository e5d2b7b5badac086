import { readFileSync } from 'node:fs';
import type { Shell } from '../completion.js';

/** What a shell has to be told once: it asks `shuttle completion --words` with each Tab. */
export const scriptOf = (shell: Shell): string => readFileSync(new URL(`shuttle.${shell}`, import.meta.url), 'utf8');
