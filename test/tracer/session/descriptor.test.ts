import { expect, test } from 'vitest';
import { carriages, type Kind } from '../../../tracer/session/descriptor.js';

const inShort = (kinds: string, options: { main: boolean; quiet: boolean }) =>
  carriages(kinds.split(' ') as [Kind, Kind, Kind], options).map((one) =>
    'fd' in one ? `${one.how} ${one.fd}` : one.how,
  );
const main = { main: true, quiet: false };

test.each([
  ['terminal terminal terminal', main, ['terminal', 'terminal', 'terminal']],
  ['terminal pipe terminal', main, ['terminal', 'give 1', 'terminal']],
  ['pipe other other', main, ['give 0', 'relay 1', 'relay 2']],
  ['null closed null', main, ['null', 'null', 'null']],
  ['terminal pipe other', { main: true, quiet: true }, ['terminal', 'relay 2', 'relay 2']],
  ['pipe pipe pipe', { main: false, quiet: false }, ['null', 'give 2', 'give 2']],
  ['terminal terminal terminal', { main: false, quiet: false }, ['null', 'relay 2', 'relay 2']],
] as const)('%s %o', (kinds, options, expected) => expect(inShort(kinds, options)).toEqual(expected));
