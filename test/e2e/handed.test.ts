// What one VM hands to another on real VMs: a port it was told, a file whose name it was told, and nothing else.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PEOPLE, Place } from './shuttle.js';

// The store makes a file and listens somewhere new; it tells both to whoever asks.
const STORE = `const net = require('net'), fs = require('fs');
const name = process.env.OUT + '/made-' + Math.floor(Math.random() * 1e6) + '.txt';
fs.writeFileSync(name, 'made'); fs.writeFileSync(process.env.OUT + '/made-1.txt', 'secret');
const other = net.createServer((s) => s.end('there')).listen(0, '127.0.0.1', () =>
  net.createServer((s) => s.end(JSON.stringify({ port: other.address().port, file: name }))).listen(7412, '127.0.0.1'));`;
const APP = `const net = require('net'), fs = require('fs');
const read = (port, then) => { let text = ''; net.connect(port, '127.0.0.1')
  .on('error', (e) => { console.log(e.code); process.exit(3); })
  .on('data', (d) => { text += d; }).on('end', () => then(text)); };
read(7412, (text) => { const { port, file } = JSON.parse(text);
  if (process.env.PRY) try { console.log(fs.readFileSync('/out/made-1.txt', 'utf8')); } catch (e) { console.log(e.code); }
  try { console.log(fs.readFileSync(file, 'utf8')); } catch (e) { console.log(e.code); process.exit(4); }
  read(port, (word) => { console.log(word); process.exit(0); }); });`;

const SYSTEM = `shuttle: 1
system: handing
main: app
vms:
  store:
    program: [node, -e, ${JSON.stringify(STORE)}]
    mounts: { /out: ./out }
    env: { OUT: /out }
    ready: tcp.serve 127.0.0.1:7412
  app:
    program: [node, -e, ${JSON.stringify(APP)}]
    env: { PRY: '' }
    after: [store]
`;

describe.each(PEOPLE)('as $name', (person) => {
  let place: Place;
  beforeEach(() => {
    place = new Place(person);
  });
  afterEach(() => place.remove());

  test('a told port and a told file are learnt with their carrier, and enforced by it', () => {
    place.shell('mkdir out');
    place.write('handing.shuttle.yaml', SYSTEM);
    const learnt = place.run('learn', 'handing.shuttle.yaml', '--runs', '2', '--json');
    expect(learnt, learnt.stderr).toMatchObject({ code: 0 });
    const { rules } = learnt.document as { rules: { id: string; allow: string; object: string; carrier?: string }[] };
    const ask = rules.find(({ object }) => object === '127.0.0.1:7412');
    expect(rules).toHaveLength(3);
    expect(rules.find(({ object }) => object === '127.0.0.1:{given}')?.carrier).toBe(ask?.id);
    expect(rules.find(({ allow }) => allow === 'name.pass')).toMatchObject({
      object: expect.stringMatching(/made-\{uint\}\.txt$/),
      carrier: ask?.id,
    });
    const ran = place.run('run', 'handing.shuttle.yaml');
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: 'made\nthere\n' });
    // What the rule's pattern admits and nobody handed over does not exist.
    const file = `${place.folder}/handing.shuttle.yaml`;
    place.write('handing.shuttle.yaml', readFileSync(file, 'utf8').replace("PRY: ''", "PRY: '1'"));
    const pried = place.run('run', 'handing.shuttle.yaml');
    expect(pried, pried.stderr).toMatchObject({ code: 0, stdout: 'ENOENT\nmade\nthere\n' });
    const replayed = place.run('replay', 'handing.shuttle.yaml', ...learnt.document.runs, '--json');
    expect(replayed.document).toMatchObject({ blocked: [], unused_rules: [] });
  });
});
