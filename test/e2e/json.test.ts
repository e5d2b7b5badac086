// What --json prints: one document on standard output with the keys the design names (section 8), whatever the programs
// print and however the command ends.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Done, PEOPLE, Place } from './shuttle.js';

const LOUD = 'echo loud; echo "{\\"not\\": \\"ours\\"}"; (echo child)';
const STORE = `${LOUD}; exec node -e "console.log('store'); require('net').createServer((s) => s.end('word')).listen(7412, '127.0.0.1')"`;
const APP = `${LOUD}; exec node -e "require('net').connect(7412, '127.0.0.1').on('error', () => process.exit(3)).on('data', (d) => { console.log(String(d)); process.exit(0); })"`;
const SYSTEM = `shuttle: 1
system: pair
main: app
check: echo checked
vms:
  store:
    program: [sh, -c, ${JSON.stringify(STORE)}]
    ready: tcp.serve 127.0.0.1:7412
  app:
    program: [sh, -c, ${JSON.stringify(APP)}]
    after: [store]
`;

const RULE = ['allow', 'evidence', 'from', 'id', 'needed', 'object', 'state', 'to'];
const LEARN = ['coverage', 'exit_code', 'interactions', 'outcome', 'rules', 'run', 'runs', 'system_file'];
const RUN = ['blocked', 'exit_code', 'outcome', 'run'];
const BLOCKED = ['from', 'object', 'op', 'times', 'to'];
const COVERAGE = ['advice', 'classes', 'complete_runs', 'heldout', 'runs'];
const LAYER = ['created', 'folder', 'gone', 'layer', 'system_file', 'used_by', 'vm'];

/** The document, after looking that it is all there is on standard output. */
function documentOf(done: Done) {
  expect(() => JSON.parse(done.stdout)).not.toThrow();
  expect(done.stdout).toBe(`${JSON.stringify(JSON.parse(done.stdout), null, 2)}\n`);
  return done.document;
}
const keysOf = (value: object): string[] => Object.keys(value).sort();

describe.each(PEOPLE)('as $name', (person) => {
  let place: Place;
  beforeEach(() => {
    place = new Place(person);
  });
  afterEach(() => place.remove());

  test('each command prints its own keys and nothing else', () => {
    place.write('pair.shuttle.yaml', SYSTEM);
    const asked = (...words: string[]) => documentOf(place.run(...words, '--json'));

    const blocked = asked('run', 'pair.shuttle.yaml');
    expect([keysOf(blocked), keysOf(blocked.blocked[0])]).toEqual([RUN, BLOCKED]);
    expect(blocked).toMatchObject({ outcome: 'failed', exit_code: 3, blocked: [{ times: 1 }] });

    const learnt = asked('learn', 'pair.shuttle.yaml', '--runs', '2');
    expect([keysOf(learnt), keysOf(learnt.coverage), keysOf(learnt.rules[0])]).toEqual([LEARN, COVERAGE, RULE]);
    expect(keysOf(learnt.coverage.heldout)).toEqual(['denials_per_run', 'high', 'low']);
    for (const one of Object.values(learnt.coverage.classes as Record<string, object>))
      expect(keysOf(one)).toEqual(['high', 'low', 'seen', 'unseen_mass']);
    expect(learnt).toMatchObject({ outcome: 'ok', exit_code: 0, interactions: expect.any(Number) });
    expect([learnt.run, learnt.runs]).toEqual([learnt.runs[1], [expect.any(String), expect.any(String)]]);
    const { runs } = learnt;

    expect(asked('run', 'pair.shuttle.yaml')).toEqual({
      run: expect.any(String),
      outcome: 'ok',
      exit_code: 0,
      blocked: [],
    });
    const inferred = asked('infer', ...runs);
    expect(keysOf(inferred)).toEqual(['alternatives', 'coverage', 'order', 'rare', 'rules']);
    expect([keysOf(inferred.coverage), keysOf(inferred.rules[0])]).toEqual([COVERAGE, RULE]);
    expect(inferred.order.app).toEqual({ after: ['store'], ready: null });

    expect(asked('replay', 'pair.shuttle.yaml', ...runs)).toEqual({
      runs: 2,
      interactions: expect.any(Number),
      blocked: [],
      unused_rules: [],
    });
    place.write('bare.shuttle.yaml', SYSTEM);
    const would = place.run('replay', 'bare.shuttle.yaml', runs[0], '--json');
    expect(would.code).toBe(1);
    expect(keysOf(documentOf(would).blocked[0])).toEqual(['from', 'object', 'op', 'run', 'seq', 'to']);

    expect(asked('query', runs[0], 'select 1::bigint as n, null as nothing')).toEqual([{ n: 1, nothing: null }]);
    const doctor = asked('doctor');
    expect([keysOf(doctor), keysOf(doctor.findings[0])]).toEqual([
      ['findings', 'ok'],
      ['mend', 'name', 'says', 'state'],
    ]);
  }, 300_000);

  test('vm prints layers, changes and what it did', () => {
    place.write('change.sh', `#!/bin/sh\necho "loud"\necho new > ${place.folder}/new.txt\n`);
    place.run('learn', './change.sh');
    const asked = (action: string, ...words: string[]) =>
      documentOf(place.run('vm', action, 'change.sh.shuttle.yaml', ...words, '--json'));
    expect(keysOf(asked('list')[0])).toEqual(LAYER);
    const changes = asked('diff');
    const made = changes.find((one: { path: string }) => one.path === join(place.folder, 'new.txt'));
    expect(keysOf(made)).toEqual(['bytes', 'host', 'kind', 'layer', 'name', 'path', 'vm', 'what']);
    const committed = asked('commit', 'app', join(place.folder, 'new.txt'));
    expect([keysOf(committed), keysOf(committed.committed[0])]).toEqual([
      ['committed', 'layer', 'vm'],
      ['bytes', 'host', 'kind', 'name', 'path', 'what'],
    ]);
    for (const [action, done] of [
      ['copy', 'copied to enforce'],
      ['reset', 'reset'],
      ['remove', 'remove'],
    ] as const) {
      const answer = asked(action);
      expect([answer.done, keysOf(answer.layers[0])]).toEqual([done, LAYER]);
    }
    expect(asked('list')).toEqual([]);
  });

  test.each([
    ['the program’s own', ['learn', 'sh', '-c', `${LOUD}; exit 7`], 7, LEARN, { outcome: 'failed', exit_code: 7 }],
    ['a signal', ['learn', 'sh', '-c', `${LOUD}; kill -9 $$`], 137, LEARN, { outcome: 'failed', exit_code: 137 }],
    [
      'time is up',
      ['learn', '--timeout', '1', 'sh', '-c', `${LOUD}; exec sleep 60`],
      124,
      LEARN,
      { outcome: 'timeout' },
    ],
    ['a failed check', ['run', 'check.yaml'], 1, RUN, { outcome: 'failed', exit_code: 1 }],
    ['under rules', ['run', 'seven.yaml'], 7, RUN, { outcome: 'failed', exit_code: 7 }],
    ['a signal under rules', ['run', 'killed.yaml'], 143, RUN, { outcome: 'failed', exit_code: 143 }],
    ['not found', ['learn', './nowhere'], 127, ['error'], { error: { code: 'PROGRAM_NOT_FOUND' } }],
    ['not executable', ['learn', '.'], 126, ['error'], { error: { code: 'PROGRAM_NOT_EXECUTABLE' } }],
    ['a failure of ours', ['run', 'nowhere.yaml'], 125, ['error'], { error: { code: 'SYSTEM_FILE_UNREADABLE' } }],
    ['a usage error', ['run'], 125, ['error'], { error: { code: 'USAGE' } }],
    ['a usage error of another', ['query'], 2, ['error'], { error: { code: 'USAGE' } }],
    ['a member that died', ['run', 'died.yaml'], 125, ['error'], { error: { code: 'VM_NEVER_READY' } }],
  ] as const)('exit code and document: %s', (_name, words, code, keys, content) => {
    const system = (text: string) => `shuttle: 1\nvms: { app: { program: [sh, -c, '${text}'] } }\n`;
    place.write('check.yaml', `${system('echo loud')}check: echo loud; exit 9\n`);
    place.write('seven.yaml', system('echo loud; exit 7'));
    place.write('killed.yaml', system('echo loud; kill -TERM $$'));
    place.write('died.yaml', SYSTEM.replace(JSON.stringify(STORE), "'echo loud; exit 5'"));
    const [command, ...rest] = words;
    const done = place.run(command, '--json', ...rest);
    expect(done.code).toBe(code);
    expect(keysOf(documentOf(done))).toEqual([...keys]);
    expect(done.document).toMatchObject(content);
  });
});
