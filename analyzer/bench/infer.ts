// How fast runs become rules: rows per second from files on disk, and the most memory that took.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inferRules } from '../infer.js';

export interface InferMeasure {
  seconds: number;
  rules: number;
  /** Most memory of this process so far, in bytes: measure in a process of its own. */
  rss: number;
}

/** Infers from every run folder below `base`. */
export async function measureInfer(base: string): Promise<InferMeasure> {
  const began = process.hrtime.bigint();
  const { rules } = await inferRules(readdirSync(base).map((name) => join(base, name)));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { seconds, rules: rules.length, rss: process.resourceUsage().maxRSS * 1024 };
}
