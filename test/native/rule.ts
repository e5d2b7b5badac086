// Compiled rules for tests: what a test does not care about gets a plain value.
import type { CompiledRule, Pattern } from '../../native/contract/rules.js';
import { patternOf } from '../../policygen/pattern/pattern.js';

export type Given = Partial<Omit<CompiledRule, 'object' | 'args'>> & {
  object?: string | Pattern;
  args?: readonly string[] | null;
};

export function rule({ object = 'x', args = null, ...rest }: Given = {}): CompiledRule {
  return {
    id: 'r',
    allow: true,
    ops: ['pipe.connect'],
    from: 'app',
    fromImage: null,
    to: 'db',
    toImage: null,
    object: typeof object === 'string' ? patternOf(object) : object,
    fold: false,
    access: 0,
    args: args?.map(patternOf) ?? null,
    phase: null,
    operation: null,
    message: null,
    title: null,
    carrier: null,
    relay: false,
    ...rest,
  };
}
