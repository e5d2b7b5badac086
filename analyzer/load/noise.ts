// The patterns of noise are data (models/noise.json); this puts them where the model can join them.
import { readFileSync } from 'node:fs';
import type { Database } from './duck.js';

interface NoisePattern {
  /** Whose doing it is. */
  noise: 'loader' | 'wine' | 'runtime';
  /** Globs of the operation, the object and the program. */
  op: string;
  object: string;
  image: string;
}

export async function fillNoisePatterns(database: Database): Promise<void> {
  const text = readFileSync(new URL('../models/noise.json', import.meta.url), 'utf8');
  const rows = (JSON.parse(text) as NoisePattern[]).map(({ noise, op, object, image }) => [noise, op, object, image]);
  await database.fill('noise_patterns', rows);
}
