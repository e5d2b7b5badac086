import { expect, test } from 'vitest';
import { checkOrder, findCycle } from '../../../tracer/session/order.js';

const vms = (text: string) =>
  text.split(' ').map((one) => {
    const [name = '', after = ''] = one.split(':');
    return { name, after: after === '' ? [] : after.split(',') };
  });

test.each([
  ['a b', null],
  ['a:b b', null],
  ['a:b b:a', ['a', 'b', 'a']],
  ['a:a', ['a', 'a']],
  ['a:b,c b:d c:d d', null],
  ['a b:c c:d d:b', ['b', 'c', 'd', 'b']],
])('%s', (text, cycle) => expect(findCycle(vms(text))).toEqual(cycle));

test.each([
  ['a', 'a', null],
  ['b', 'a', 'VM_UNKNOWN'],
  ['a', 'a:b', 'VM_UNKNOWN'],
  ['a', 'a:b b:a', 'VM_ORDER_CYCLE'],
])('main %s of %s', (main, text, code) => {
  const check = () => checkOrder({ main, vms: vms(text) });
  if (code === null) check();
  else expect(check).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code }) }));
});
