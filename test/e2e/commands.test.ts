// The commands on real VMs: learn, run, infer, replay, query, vm, doctor.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PEOPLE, Place, until } from './shuttle.js';

// A system without other programs than Node: store serves one word on a unix socket and on TCP, app asks for it.
const STORE = `require('net').createServer((s) => s.end('word')).listen(7411, '127.0.0.1');`;
const APP = `require('net').connect(7411, '127.0.0.1').on('error', (e) => { console.log(e.code); process.exit(3); })
  .on('data', (d) => { console.log(String(d)); process.exit(0); });`;
const SYSTEM = `# the comment stays
shuttle: 1
system: pair
main: app
vms:
  store:
    program: [node, -e, ${JSON.stringify(STORE)}]
    ready: tcp.serve 127.0.0.1:7411
  app:
    program: [node, -e, ${JSON.stringify(APP)}]
    after: [store]
`;
const CONNECT = { op: 'tcp.connect', object: '127.0.0.1:7411', from: 'app', to: 'store' };

describe.each(PEOPLE)('as $name', (person) => {
  let place: Place;
  beforeEach(() => {
    place = new Place(person);
  });
  afterEach(() => place.remove());

  test('a system is blocked, learnt, enforced, and blocked again without its rule', () => {
    place.write('pair.shuttle.yaml', SYSTEM);
    const before = place.run('run', 'pair.shuttle.yaml', '--json');
    expect(before.code).toBe(3);
    expect(before.stderr).toContain('ECONNREFUSED');
    expect(before.document).toMatchObject({ outcome: 'failed', exit_code: 3, blocked: [CONNECT] });

    const learnt = place.run('learn', 'pair.shuttle.yaml', '--runs', '2', '--json');
    expect(learnt.stderr).toContain('word');
    expect(learnt).toMatchObject({ code: 0, document: { outcome: 'ok', exit_code: 0 } });
    expect(learnt.document.runs).toHaveLength(2);
    expect(learnt.document.rules).toEqual([
      expect.objectContaining({
        allow: 'tcp.connect',
        from: 'app',
        to: 'store',
        object: '127.0.0.1:7411',
        state: 'proposed',
      }),
    ]);
    const text = readFileSync(learnt.document.system_file, 'utf8');
    expect(text).toContain('# the comment stays');

    const [first, second] = learnt.document.runs as [string, string];
    expect(place.run('run', 'pair.shuttle.yaml', '--json')).toMatchObject({
      code: 0,
      document: { outcome: 'ok', blocked: [] },
    });
    expect(place.run('run', 'pair.shuttle.yaml', '--accepted-only').code).toBe(3);
    expect(place.run('replay', 'pair.shuttle.yaml', first, second, '--json')).toMatchObject({
      code: 0,
      document: { runs: 2, interactions: 2, blocked: [], unused_rules: [] },
    });

    place.write('pair.shuttle.yaml', SYSTEM);
    const replayed = place.run('replay', 'pair.shuttle.yaml', first, '--json');
    expect(replayed).toMatchObject({ code: 1, document: { blocked: [CONNECT] } });
    expect(place.run('run', 'pair.shuttle.yaml')).toMatchObject({ code: 3, stdout: 'ECONNREFUSED\n' });

    const asked = place.run(
      'query',
      first,
      "select op, peer, verdict from interactions where op = 'tcp.connect'",
      '--json',
    );
    expect(asked.document).toEqual([{ op: 'tcp.connect', peer: 'store', verdict: 'shuttled' }]);
    expect(place.run('infer', first, second, '--json').document).toMatchObject({
      rules: [{ allow: 'tcp.connect' }],
      coverage: { runs: 2, complete_runs: 2 },
    });
  });

  test('two terminals run one system, each with a run folder of its own', async () => {
    place.write(
      'pair.shuttle.yaml',
      `${SYSTEM}rules:\n  - { allow: tcp.connect, from: app, to: store, object: '127.0.0.1:7411' }\n`,
    );
    const runs = join(place.folder, '.shuttle/runs/pair');
    const store = place.start(['run', 'pair.shuttle.yaml', '--vm', 'store']);
    const gone = new Promise((resolve) => store.on('exit', resolve));
    let answer = place.run('run', 'pair.shuttle.yaml', '--vm', 'app');
    for (let tries = 0; answer.code !== 0 && tries < 20; tries++)
      answer = place.run('run', 'pair.shuttle.yaml', '--vm', 'app');
    expect(answer).toMatchObject({ code: 0, stdout: 'word\n' });
    expect(place.run('run', 'pair.shuttle.yaml', '--vm', 'store').stderr).toContain('VM_IN_USE');
    store.kill('SIGINT');
    await gone;
    expect(readdirSync(runs).length).toBeGreaterThanOrEqual(2);
  });

  test('changes stay in the VM until they are committed', () => {
    const kept = place.write('kept.txt', 'before\n');
    place.write('change.sh', `#!/bin/sh\necho after > ${kept}\necho new > ${place.folder}/new.txt\n`);
    const learnt = place.run('learn', './change.sh');
    expect(learnt.code).toBe(0);
    expect(learnt.stderr).toContain('shuttle vm commit');
    // Both are told, though they lie in the program's own folder, whose changes are in no row.
    for (const name of [kept, join(place.folder, 'new.txt')]) expect(learnt.stderr).toContain(`  app  ${name}\n`);
    expect(readFileSync(kept, 'utf8')).toBe('before\n');
    const changes = place.run('vm', 'diff', 'change.sh.shuttle.yaml', '--json').document;
    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: kept, what: 'changed' }),
        expect.objectContaining({ path: join(place.folder, 'new.txt'), what: 'created' }),
      ]),
    );
    place.run('vm', 'commit', 'change.sh.shuttle.yaml', 'app', kept);
    expect(readFileSync(kept, 'utf8')).toBe('after\n');
    expect(existsSync(join(place.folder, 'new.txt'))).toBe(false);
    expect(place.run('vm', 'list', '--json').document).toHaveLength(1);
    place.run('vm', 'remove', 'change.sh.shuttle.yaml');
    expect(place.run('vm', 'list', '--json').document).toEqual([]);
  });

  test('every run of several begins from the same files; an ephemeral one leaves none', () => {
    place.write('once.sh', '#!/bin/sh\ntest -e mark && exit 9\ntouch mark\n');
    expect(place.run('learn', '--runs', '3', './once.sh').code).toBe(0);
    expect(place.run('vm', 'remove', 'once.sh.shuttle.yaml').code).toBe(0);
    expect(place.run('learn', '--ephemeral', './once.sh').code).toBe(0);
    expect(place.run('vm', 'list', '--json').document).toEqual([]);
  });

  test('Ctrl-C ends the program and still writes what was learnt', async () => {
    const child = place.start(['learn', '--json', 'sh', '-c', 'echo up >&2; sleep 100']);
    let printed = '';
    let said = '';
    child.stdout?.on('data', (text) => {
      printed += text;
    });
    child.stderr?.on('data', (text) => {
      said += text;
    });
    await until(() => said.includes('up'), 'the program says it is up');
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    expect(JSON.parse(printed)).toMatchObject({ outcome: 'interrupted', exit_code: 130 });
    expect(existsSync(join(place.folder, 'sh.shuttle.yaml'))).toBe(true);
  });

  test('killed Shuttle leaves no process, and a torn run that is finished when it is met', async () => {
    const child = place.start(['learn', 'sh', '-c', 'echo up; exec sleep 98765']);
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
    });
    await until(() => said.includes('up'), 'the program says it is up');
    child.kill('SIGKILL');
    await until(() => !commandLines().some((line) => line.includes('98765')), 'the program is gone');
    const runs = join(place.folder, '.shuttle/runs/sh');
    const [run = ''] = readdirSync(runs);
    const rows = place.run('query', run, 'select outcome, complete from runs', '--json').document;
    expect(rows).toEqual([{ outcome: 'torn', complete: false }]);
    expect(readdirSync(join(runs, run)).sort()).toEqual([
      'interactions.arrow',
      'payloads.arrow',
      'processes.arrow',
      'run.json',
    ]);
  });

  test.each([
    ['the program’s own', ['learn', 'sh', '-c', 'exit 7'], 7],
    ['128 and a signal', ['learn', 'sh', '-c', 'kill -9 $$'], 137],
    ['time is up', ['learn', '--timeout', '0.5', 'sleep', '60'], 124],
    ['not found', ['learn', './nothing'], 127],
    ['a folder', ['learn', '.'], 126],
    ['a usage error of learn', ['learn', '--runs', '0', 'true'], 125],
    ['a usage error of another', ['infer'], 2],
    ['a run that is none', ['query', '.', 'select 1'], 125],
  ] as const)('exit code: %s', (_name, args, code) => expect(place.run(...args).code).toBe(code));

  test('a check decides about a run that went well', () => {
    const system = (check: string) => `shuttle: 1\nvms: { app: { program: [/bin/true] } }\ncheck: ${check}\n`;
    place.write('a.yaml', system('test -e a.yaml'));
    expect(place.run('run', 'a.yaml').code).toBe(0);
    place.write('b.yaml', system('test -e nothing'));
    expect(place.run('run', 'b.yaml', '--json')).toMatchObject({
      code: 1,
      document: { outcome: 'failed', exit_code: 1 },
    });
  });

  test('a member that dies early ends the run and is named', () => {
    place.write(
      'd.yaml',
      SYSTEM.replace(/program: \[node, -e, "require\('net'\)\.createServer.*\n/, 'program: [sh, -c, "exit 5"]\n'),
    );
    const done = place.run('run', 'd.yaml');
    expect(done.code).toBe(125);
    expect(done.stderr).toMatch(/store: never ready: tcp.serve 127.0.0.1:7411.*code 5/);
  });

  test('a regular file as standard output is written, and not given to the program', () => {
    const done = place.run('learn', 'sh', '-c', 'readlink /proc/self/fd/1; readlink /proc/self/fd/0');
    expect(done.stdout).toMatch(/^pipe:/);
  });

  test('nothing is lost in a pipe whose reader is slow', () => {
    const counted = place.shell('"$NODE" "$SHUTTLE" learn head -c 20000000 /dev/zero 2>/dev/null | (sleep 2; wc -c)');
    expect(counted.trim()).toBe('20000000');
  });

  test('doctor says what this machine can do', () => {
    const { code, document } = place.run('doctor', '--json');
    expect(code).toBe(0);
    expect(document.findings.map((one: { name: string }) => one.name)).toEqual(
      expect.arrayContaining(['engine', 'user namespaces', 'overlays', 'seccomp', 'wine']),
    );
  });
});

test('a system file given to root and a server on the host: blocked by default, reached while learning', async () => {
  const place = new Place(PEOPLE[0] as (typeof PEOPLE)[number]);
  const server: Server = createServer((socket) => socket.end('host'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    const ask = `require('net').connect(${port}, '127.0.0.1').on('error', () => process.exit(3)).on('data', () => process.exit(0))`;
    const wait = (args: string[]) => new Promise((resolve) => place.start(args).on('exit', (code) => resolve(code)));
    expect(await wait(['learn', '--deny', 'node', '-e', ask])).toBe(3);
    expect(await wait(['learn', 'node', '-e', ask])).toBe(0);
    expect(await wait(['run', 'node.shuttle.yaml'])).toBe(0);
  } finally {
    server.close();
    place.remove();
  }
});

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    });
}
