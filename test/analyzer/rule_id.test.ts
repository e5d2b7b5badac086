import { expect, test } from 'vitest';
import { ruleId } from '../../analyzer/rule_id.js';

const rule = { allow: 'tcp.connect', from: 'app', to: 'db', object: '127.0.0.1:5544' };

test.each([
  [rule, /^app-db-tcp-connect-[0-9a-f]{8}$/],
  [{ ...rule, from: 'app:Node.EXE' }, /^app-node-exe-db-tcp-connect-[0-9a-f]{8}$/],
  [{ ...rule, allow: ['tcp.connect', 'udp.send'] }, /^app-db-any-[0-9a-f]{8}$/],
  [{ ...rule, from: `app:${'x'.repeat(300)}`, object: '"\n{' }, /^[a-z0-9-]{1,110}$/],
])('%j', (one, id) => expect(ruleId(one)).toMatch(id));

test('what makes a rule another rule changes its id, and nothing else does', () => {
  const others = [
    { object: '127.0.0.1:5545' },
    { to: 'host' },
    { allow: 'udp.send' },
    { args: ['-x'] },
    { carrier: 'argv' },
  ];
  expect(new Set([rule, ...others.map((other) => ({ ...rule, ...other }))].map(ruleId)).size).toBe(6);
  expect(ruleId({ ...rule, allow: ['tcp.connect'], args: null })).toBe(ruleId(rule));
  expect(ruleId({ ...rule, allow: ['b.x', 'a.x'] })).toBe(ruleId({ ...rule, allow: ['a.x', 'b.x'] }));
});
