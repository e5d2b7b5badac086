// Compiled rules for tests: what a test does not care about gets a plain value.
import { type CompiledRule, NO_CONDITIONS, type Pattern } from '../../native/contract/rules.js';
import { patternOf } from '../../policygen/pattern/pattern.js';

export type Given = Partial<Omit<CompiledRule, 'object' | 'args'>> & {
  object?: string | Pattern;
  args?: readonly string[] | null;
};

export function rule({ object = 'x', args = null, ...rest }: Given = {}): CompiledRule {
  return {
    ...NO_CONDITIONS,
    id: 'r',
    allow: true,
    ops: ['pipe.connect'],
    from: 'app',
    to: 'db',
    object: typeof object === 'string' ? patternOf(object) : object,
    args: args?.map(patternOf) ?? null,
    ...rest,
  };
}
