import { expect, test } from 'vitest';
import { type FirstUse, orderOf } from '../../analyzer/order.js';

const use = (from_vm: string, to_vm: string, ready: string | null = null): FirstUse => ({ from_vm, to_vm, ready });
const vm = (after: string[], ready: string | null = null) => ({ after, ready });

test.each<[string, FirstUse[], ReturnType<typeof orderOf>]>([
  ['nobody reaches anybody', [], { a: vm([]), b: vm([]), c: vm([]) }],
  [
    'a chain',
    [use('a', 'b', 'tcp.serve x:1'), use('b', 'c')],
    { a: vm(['b']), b: vm(['c'], 'tcp.serve x:1'), c: vm([]) },
  ],
  [
    'a circle is cut at its least sure use',
    [use('a', 'b'), use('b', 'c'), use('c', 'a')],
    { a: vm(['b']), b: vm(['c']), c: vm([]) },
  ],
  ['each other', [use('b', 'a'), use('a', 'b')], { a: vm([]), b: vm(['a']), c: vm([]) }],
  ['two for one', [use('a', 'c'), use('a', 'b')], { a: vm(['b', 'c']), b: vm([]), c: vm([]) }],
  ['a VM that no run describes', [use('a', 'z')], { a: vm([]), b: vm([]), c: vm([]) }],
])('%s', (_, uses, order) => expect(orderOf(['b', 'c', 'a'], uses)).toEqual(order));
