import { expect, test } from 'vitest';
import type { Inference } from '../../../analyzer/infer.js';
import { inWords } from '../../../cli/infer/words.js';

const NOTHING: Inference = {
  rules: [],
  rare: [],
  alternatives: {},
  order: {},
  needs: [],
  coverage: {
    runs: 1,
    complete_runs: 1,
    classes: {},
    heldout: { denials_per_run: null, low: null, high: null },
    advice: 'advice',
  },
};
const library = (n: number) => ({ vm: 'app', op: 'library.load', name: `/opt/lib${n}.so` });

test.each<[string, Partial<Inference>, string[]]>([
  ['nothing is said of what is not there', {}, ['advice']],
  [
    'dependencies by their kinds',
    {
      needs: [
        { needed: 'missing', names: 7, first: [library(1), library(2)] },
        { needed: 'optional', names: 2, first: [] },
      ],
    },
    [
      'must be there before: 0 required, 2 optional, 7 missing',
      'missing: app looked for /opt/lib1.so (library.load) in vain, and never went well without it',
      'missing: app looked for /opt/lib2.so (library.load) in vain, and never went well without it',
      'missing: 5 more; query "from dependencies" shows them',
      'advice',
    ],
  ],
])('%s', (_, found, words) => expect(inWords({ ...NOTHING, ...found })).toEqual(words));
