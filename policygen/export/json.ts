// The rules as JSON for whoever writes an enforcer: nothing is lost, patterns are taken apart.
import { FORMAT } from '../../native/contract/words.js';
import { patternOf } from '../pattern/pattern.js';
import type { Target } from './target.js';
import { tellAll } from './teller.js';

export const json: Target = {
  name: 'json',
  summary: 'everything, as JSON',
  systems: 'any',
  of: 'system',
  file: (reading) => `${reading.system.replace(/[^\w-]/g, '_')}.rules.json`,
  write(reading) {
    const keeps = ['image', 'owner', 'args', 'phase', 'operation', 'message', 'title', 'carrier'] as const;
    const findings = reading.subjects.flatMap((subject) =>
      tellAll(subject, { keeps, refusing: 'first', say: ({ rule }) => ({ says: [rule.id] }) }),
    );
    const document = {
      shuttle: FORMAT,
      system: reading.system,
      vms: reading.subjects.map(({ vm, windows, values }) => ({ name: vm.name, program: vm.program, windows, values })),
      rules: reading.rules.map((rule) => ({ ...rule, pattern: patternOf(rule.object) })),
    };
    return { text: `${JSON.stringify(document, null, 2)}\n`, findings };
  },
};
