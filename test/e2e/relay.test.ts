// Fifty relayed connections at once, both directions full, ends closed one by one: nothing is lost, and no connection
// finds the listener that the engine had opened for the one before.
import { expect, test } from 'vitest';
import { Lab, PEOPLE } from './lab.js';

const ROUNDS = 4;
const port = 26_000 + (process.pid % 3_000);

test.each(PEOPLE)('many connections are relayed whole, as $name', (who) => {
  const lab = new Lab(who);
  try {
    const stress = lab.build('stress');
    const at = `127.0.0.1:${port}`;
    lab.system(`shuttle: 1
system: lab
main: b
vms:
  a:
    program: ['${stress}', serve, '${port}']
    ready: tcp.serve ${at}
  b:
    program: ['${stress}', '${port}', '${ROUNDS}']
    after: [a]
rules:
  - { id: relayed, allow: tcp.connect, from: b, to: a, object: '${at}', carry: relay, state: accepted }
`);
    const ran = lab.shuttle('run');
    expect(ran.err).toBe('');
    expect(ran.out).toBe('50 of 50\n'.repeat(ROUNDS));
    const connected = ran.rows.filter((row) => row.op === 'tcp.connect');
    expect(connected.length).toBe(50 * ROUNDS);
    expect(new Set(connected.map(({ verdict, rule }) => `${verdict} ${rule}`))).toEqual(new Set(['shuttled relayed']));
  } finally {
    lab.end();
  }
});
