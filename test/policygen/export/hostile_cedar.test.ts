// Whatever a name holds, Cedar's own engine lets that name through and no other.
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { doubled, made, madeOf, paths, runs } from './spite.js';

const cedar = createRequire(import.meta.url)(
  '@cedar-policy/cedar-wasm/nodejs',
) as typeof import('@cedar-policy/cedar-wasm/nodejs');

describe('Cedar, as its own engine decides', () => {
  const decide = (text: string, name: string) => {
    const answer = cedar.isAuthorized({
      principal: { type: 'Shuttle::Place', id: 'app' },
      action: { type: 'Shuttle::Action', id: 'file.read' },
      resource: { type: 'Shuttle::Place', id: 'host' },
      context: { name, folded: name, access: [] },
      policies: { staticPolicies: text },
      entities: [],
    });
    if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
    return answer.response.decision;
  };

  test('a name is let through, and no other', () => {
    fc.assert(
      fc.property(paths, paths, (name, other) => {
        const { text } = made('cedar', 'file.read', [name]);
        expect(decide(text, name)).toBe('allow');
        fc.pre(other !== name);
        expect(decide(text, other)).toBe('deny');
        expect(decide(text, `${name}x`)).toBe('deny');
      }),
      runs,
    );
  });

  test('{name} keeps separators out, {rest} does not', () => {
    fc.assert(
      fc.property(paths, fc.string({ minLength: 1, maxLength: 5 }), (head, inside) => {
        const file = (token: string) => madeOf('cedar', 'file.read', [`${doubled(head)}/{${token}}.x`]).text;
        const name = `${head}/${inside}.x`;
        expect(decide(file('rest'), name)).toBe('allow');
        expect(decide(file('name'), name)).toBe(/[\\/:]/.test(inside) ? 'deny' : 'allow');
        expect(decide(file('name'), `${head}/.x`)).toBe('deny');
      }),
      runs,
    );
  });
});
