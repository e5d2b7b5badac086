import type { Finding } from './finding.js';
import type { Reading, Subject } from './reading.js';

/** An export: what goes into a file, and how truly it says the rules. */
export interface Written {
  text: string;
  findings: readonly Finding[];
}

interface Described {
  name: string;
  /** What it writes, in a few words. */
  summary: string;
  /** Whose programs it confines. */
  systems: 'linux' | 'windows' | 'any';
}

/** Another enforcer's format: pure, a reading in and text out. */
export type Target = Described &
  (
    | { of: 'vm'; file(subject: Subject, reading: Reading): string; write(subject: Subject, reading: Reading): Written }
    | { of: 'system'; file(reading: Reading): string; write(reading: Reading): Written }
  );
