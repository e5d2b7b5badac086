import { expect, test } from 'vitest';
import type { Order } from '../../../analyzer/order.js';
import { updateOrder } from '../../../policygen/file/update_order.js';

const READY = 'tcp.serve 127.0.0.1:5544';
const ORDER: Order = { app: { after: ['db'], ready: null }, db: { after: [], ready: READY } };

const file = (...vms: string[]) => ['shuttle: 1', 'main: app', 'vms:', ...vms, 'rules: []', ''].join('\n');
const DB = '  db: { program: [/bin/db] } # the data';

test.each<[string, string[], string[]]>([
  [
    'what is missing is written, and comments stay',
    [DB, '  app:', '    program: [/bin/app] # mine', '    env: { A: b }'],
    [
      `  db: { program: [/bin/db], ready: '${READY}' } # the data`,
      '  app:',
      '    program: [/bin/app] # mine',
      '    env: { A: b }',
      '    after: [db]',
    ],
  ],
  [
    "an empty list is a person's word",
    [DB, '  app: { program: [/bin/app], after: [] }'],
    [DB, '  app: { program: [/bin/app], after: [] }'],
  ],
  [
    'what a person wrote stays',
    ['  db: { program: [/bin/db], ready: unix.serve /run/x }', '  app: { program: [/bin/app], after: [db] }'],
    ['  db: { program: [/bin/db], ready: unix.serve /run/x }', '  app: { program: [/bin/app], after: [db] }'],
  ],
  [
    "no circle is closed with a person's order",
    ['  db: { program: [/bin/db], after: [app] }', '  app: { program: [/bin/app] }'],
    ['  db: { program: [/bin/db], after: [app] }', '  app: { program: [/bin/app] }'],
  ],
])('%s', (_, before, after) => {
  const { text } = updateOrder(file(...before), ORDER);
  expect(text).toBe(file(...after));
  expect(updateOrder(text, ORDER)).toEqual({ text, added: [] });
});

test('VMs that the file does not have are nobody', () => {
  const text = file('  app: { program: [/bin/app] }');
  expect(updateOrder(text, { ...ORDER, app: { after: ['gone'], ready: READY } })).toEqual({ text, added: [] });
});
