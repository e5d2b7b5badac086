// What is given wrong, or is wrong with the machine: one clear error each, that says what to do, and nothing is lost.
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Done, PEOPLE, Place } from './shuttle.js';

const root = process.getuid?.() === 0;

/** Heads of programs that this machine does not run. */
const mz = (head: string, machine = 0): Buffer => {
  const bytes = Buffer.alloc(512);
  bytes.write('MZ');
  bytes.writeUInt32LE(128, 60);
  bytes.write(head, 128, 'latin1');
  bytes.writeUInt16LE(machine, 132);
  return bytes;
};
const elf = (machine: number): Buffer => {
  const bytes = Buffer.alloc(512);
  bytes.write('\x7fELF\x02\x01', 0, 'latin1');
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
};
const vm = (more: string) => `shuttle: 1\nvms:\n  app:\n    program: ['true']\n${more}`;
const rule = (text: string) => vm(`rules:\n  - { ${text} }\n`);

const FILES: Record<string, string | Buffer> = {
  'notes.exe': 'only words\n',
  'win16.exe': mz('NE'),
  'arm.exe': mz('PE\0\0', 0xaa64),
  'arm.bin': elf(183),
  'empty.bin': '',
  'script.sh': '#!/bin/sh\n',
  'syntax.yaml': 'shuttle: 1\nvms: { app: { program: [true }\n',
  'key.yaml': vm('    colour: red\n'),
  'op.yaml': rule('allow: pipe.fly, from: app, to: host, object: x'),
  'cycle.yaml':
    "shuttle: 1\nmain: a\nvms:\n  a: { program: ['true'], after: [b] }\n  b: { program: ['true'], after: [a] }\n",
  'nobody.yaml': rule('allow: tcp.connect, from: app, to: store, object: "127.0.0.1:1"'),
  'after.yaml': vm('    after: [store]\n'),
  'newer.yaml': 'shuttle: 2\n',
  'nothing.yaml': '',
  'bytes.yaml': Buffer.from([0, 255, 254]),
  'mount.yaml': vm('    mounts: { /x: ./nowhere }\n'),
  'user.yaml': vm('    user: nobody-of-this-name\n'),
  'words.yaml': 'shuttle: 1\nvms: { app: { program: [./notes.exe] } }\n',
  'good.yaml': vm(''),
};

const INVALID = [125, 'SYSTEM_FILE_INVALID'] as const;
const TABLE: [words: string[], exit: number, code: string, says: string][] = [
  [['learn', './nowhere'], 127, 'PROGRAM_NOT_FOUND', './nowhere: no such program'],
  [['learn', 'nowhere-at-all'], 127, 'PROGRAM_NOT_FOUND', 'nowhere-at-all: no such program'],
  [['learn', './nowhere.exe'], 127, 'PROGRAM_NOT_FOUND', 'nowhere.exe: no such program'],
  [['learn', './script.sh'], 126, 'PROGRAM_NOT_EXECUTABLE', 'script.sh: cannot be run: it is not marked as executable'],
  [['learn', '.'], 126, 'PROGRAM_NOT_EXECUTABLE', 'it is a folder'],
  [['learn', './notes.exe'], 126, 'PROGRAM_UNUSABLE', 'notes.exe: cannot be run: it is a text file, not a program'],
  [['learn', './win16.exe'], 126, 'PROGRAM_UNUSABLE', 'it is a 16-bit Windows program'],
  [['learn', './arm.exe'], 126, 'PROGRAM_UNUSABLE', 'it is a Windows program for ARM'],
  [['learn', './arm.bin'], 126, 'PROGRAM_UNUSABLE', 'it is a Linux program for another processor'],
  [['learn', './empty.bin'], 126, 'PROGRAM_UNUSABLE', 'the file is empty'],
  [['run', 'words.yaml'], 126, 'PROGRAM_UNUSABLE', 'it is a text file, not a program'],
  [['run', 'syntax.yaml'], ...INVALID, 'syntax.yaml:2:30: '],
  [['learn', 'syntax.yaml'], ...INVALID, 'syntax.yaml:2:30: '],
  [['run', 'key.yaml'], ...INVALID, 'key.yaml:5:5: unknown key colour'],
  [['learn', 'op.yaml'], ...INVALID, 'op.yaml:6:14: unknown operation pipe.fly'],
  [['run', 'cycle.yaml'], ...INVALID, 'each VM waits for the next: a after b after a'],
  [['run', 'nobody.yaml'], ...INVALID, 'unknown VM store: known are app, host, net'],
  [['run', 'after.yaml'], ...INVALID, 'unknown VM store: known are app'],
  [['run', 'newer.yaml'], ...INVALID, 'format version 2 is newer'],
  [['run', 'nothing.yaml'], ...INVALID, 'nothing.yaml:1:1: expected a map of keys'],
  [['run', 'bytes.yaml'], 125, 'SYSTEM_FILE_UNREADABLE', 'it is not UTF-8 text'],
  [['run', '.'], 125, 'SYSTEM_FILE_UNREADABLE', 'EISDIR'],
  [['run', 'nowhere.yaml'], 125, 'SYSTEM_FILE_UNREADABLE', 'ENOENT'],
  [['run', 'god.yaml'], 125, 'SYSTEM_FILE_UNREADABLE', '(did you mean good.yaml?)'],
  [['run', 'mount.yaml'], 125, 'MOUNT_MISSING', 'nowhere: no such file or folder, to be shown at /x'],
  [['run', 'user.yaml'], 125, 'USER_UNKNOWN', 'nobody-of-this-name: no such user'],
  [['run', 'good.yaml', '--vm', 'store'], 125, 'VM_UNKNOWN', 'store: no such VM in this system, named by --vm'],
  [['query', '.', 'select 1'], 125, 'RUN_NOT_A_RUN', 'not a run folder: it has no run.json'],
  [['query', 'nowhere', 'select 1'], 125, 'RUN_UNKNOWN', 'nowhere: no such run'],
  [['infer', '.'], 125, 'RUN_NOT_A_RUN', 'not a run folder'],
  [['infer', 'script.sh'], 125, 'TRACE_UNKNOWN', 'neither a run folder nor a trace'],
  [['replay', 'good.yaml', 'nowhere'], 125, 'RUN_UNKNOWN', 'nowhere: no such run'],
  [['vm', 'diff', 'good.yaml'], 125, 'LAYER_NONE', 'good.yaml: its VMs have no layer'],
  [['vm', 'commit', 'good.yaml', 'app'], 125, 'LAYER_NONE', 'good.yaml: the VM app has no layer'],
];

/** One document that says it on standard output; the same words, and what to do, on standard error; no traces. */
function failedClearly(done: Done, exit: number, code: string, says: string): void {
  expect(done.document).toEqual({ error: { code, message: expect.stringContaining(says), hint: expect.any(String) } });
  const { message, hint } = done.document.error;
  expect(done.stderr).toBe(`shuttle: ${message} [${code}]\n  ${hint}\n`);
  expect(done.code).toBe(exit);
}

describe.each(PEOPLE)('as $name', (person) => {
  let place: Place;
  beforeEach(() => {
    place = new Place(person);
  });
  afterEach(() => place.remove());

  test('each thing given wrong is told in one error, and leaves nothing', () => {
    for (const [name, text] of Object.entries(FILES)) place.write(name, text);
    chmodSync(join(place.folder, 'script.sh'), 0o644);
    const before = readdirSync(place.folder);
    for (const [words, exit, code, says] of TABLE) failedClearly(place.run(...words, '--json'), exit, code, says);
    expect(readdirSync(place.folder).filter((name) => !before.includes(name))).toEqual([]);
    expect(place.run('vm', 'list', '--json').document).toEqual([]);
  }, 300_000);

  test('a folder that cannot be entered is told, not taken for a missing program', () => {
    place.write('folder.yaml', vm('    cwd: /etc/passwd\n'));
    const says = '/etc/passwd: the VM app cannot start in this folder: ENOTDIR';
    failedClearly(place.run('run', 'folder.yaml', '--json'), 125, 'CWD_UNUSABLE', says);
  });

  test('a relative folder counts from the system file', () => {
    place.write('near.yaml', vm('    cwd: a/../near\n').replace("['true']", '[pwd]'));
    expect(place.run('run', 'near.yaml')).toMatchObject({ code: 0, stdout: `${place.folder}/near\n` });
  });

  test('paths with spaces and letters of any language are paths', () => {
    place.make('w e ü 日本');
    place.write('w e ü 日本/прог 1.sh', '#!/bin/sh\ncat "$(dirname "$0")/dätá.txt"; echo "$1"\n');
    place.write('w e ü 日本/dätá.txt', 'found\n');
    const learnt = place.run('learn', './w e ü 日本/прог 1.sh', 'ein Wört');
    expect(learnt).toMatchObject({ code: 0, stdout: 'found\nein Wört\n' });
    expect(learnt.stderr).toContain(`'${place.folder}/прог 1.sh.shuttle.yaml'`);
    expect(place.run('run', 'прог 1.sh.shuttle.yaml')).toMatchObject({ code: 0, stdout: 'found\nein Wört\n' });
    expect(place.run('vm', 'remove', 'прог 1.sh.shuttle.yaml').code).toBe(0);
  });

  test('a run that was harmed is refused, and the others are read', () => {
    const [run = ''] = place.run('learn', '--json', 'true').document.runs as string[];
    const harmed = (name: string, harm: (folder: string) => void) => {
      const folder = join(place.folder, name);
      cpSync(run, folder, { recursive: true, preserveTimestamps: true });
      harm(folder);
      for (const part of readdirSync(folder)) place.own(join(folder, part));
      place.own(folder);
      return ['query', name, 'select count(*) from interactions', '--json'];
    };
    const text = (folder: string) => readFileSync(join(folder, 'run.json'), 'utf8');
    const cut = harmed('cut', (folder) => truncateSync(join(folder, 'interactions.arrow'), 500));
    failedClearly(place.run(...cut), 125, 'RUN_UNREADABLE', 'cut/interactions.arrow: cannot be read: the file ends');
    const bare = harmed('bare', (folder) => rmSync(join(folder, 'interactions.arrow')));
    failedClearly(place.run(...bare), 125, 'RUN_NOT_A_RUN', 'it has no interactions.arrow');
    const broken = harmed('broken', (folder) => writeFileSync(join(folder, 'run.json'), '{'));
    failedClearly(place.run(...broken), 125, 'RUN_UNREADABLE', 'broken/run.json: cannot be read');
    const newer = harmed('newer', (folder) =>
      writeFileSync(join(folder, 'run.json'), text(folder).replace('"format": 1', '"format": 9')),
    );
    failedClearly(place.run(...newer), 125, 'RUN_FORMAT', 'run format 9 is not known');
    expect(place.run('query', run, 'select count(*)::int as n from runs', '--json').document).toEqual([{ n: 1 }]);
  });

  test('where the state cannot be kept it is said, also for what leaves nothing', () => {
    place.write('file', '');
    place.make('closed');
    chmodSync(join(place.folder, 'closed'), 0o500);
    const states = root && person.uid === null ? ['file', '/proc/nowhere'] : ['file', 'closed', '/proc/nowhere'];
    for (const state of states) {
      place.env.XDG_STATE_HOME = state.startsWith('/') ? state : join(place.folder, state);
      for (const words of [
        ['learn', 'true'],
        ['learn', '--ephemeral', 'true'],
      ])
        failedClearly(
          place.run(...words, '--json'),
          125,
          'STATE_UNWRITABLE',
          "Shuttle's own state cannot be kept there",
        );
      const { findings } = place.run('doctor', '--json').document;
      expect(findings.find((one: { name: string }) => one.name === 'state folder').state).toBe('fails');
    }
    expect(existsSync(join(place.folder, '.shuttle'))).toBe(false);
    chmodSync(join(place.folder, 'closed'), 0o700);
  });

  test.skipIf(!root || person.uid !== null)('root keeps no state where another user could plant links', () => {
    place.env.XDG_STATE_HOME = place.make('theirs');
    place.make('theirs/shuttle');
    chownSync(join(place.folder, 'theirs/shuttle'), 1000, 1000);
    failedClearly(place.run('learn', 'true', '--json'), 125, 'STATE_UNWRITABLE', 'belongs to another user (1000)');
    expect(readdirSync(join(place.folder, 'theirs/shuttle'))).toEqual([]);
  });

  test('a folder that cannot be written keeps no runs, which is said', () => {
    const closed = place.make('closed');
    place.write('closed/a.yaml', vm(''));
    // Root may write anywhere; but no folder can be made where a file is.
    if (person.uid === null && root) place.write('closed/.shuttle', '');
    else chmodSync(closed, 0o555);
    const done = place.run('run', 'closed/a.yaml', '--json');
    failedClearly(done, 125, 'RUN_FOLDER_UNWRITABLE', 'the run folder cannot be written');
    chmodSync(closed, 0o755);
  });

  test('a system file keeps its mode, its owner and its place; one that may not be written is left alone', () => {
    place.make('real');
    const file = place.write('real/a.yaml', vm('# the last word\n'));
    chmodSync(file, 0o640);
    symlinkSync('real/a.yaml', join(place.folder, 'a.yaml'));
    expect(place.run('learn', 'a.yaml').code).toBe(0);
    expect(place.shell('stat -c "%F %a" a.yaml; stat -c "%a %u" real/a.yaml')).toBe(
      `symbolic link 777\n640 ${person.uid ?? process.getuid?.()}\n`,
    );
    expect(readFileSync(file, 'utf8')).toContain('# the last word');
    if (root && person.uid === null) return;
    chmodSync(file, 0o440);
    failedClearly(place.run('learn', 'a.yaml', '--json'), 125, 'SYSTEM_FILE_UNWRITABLE', 'a.yaml: cannot be written');
  });

  test('one VM is in one run at a time', async () => {
    place.write('a.yaml', "shuttle: 1\nvms: { app: { program: [sh, -c, 'echo up; exec sleep 1000'] } }\n");
    const first = place.start(['run', 'a.yaml']);
    const ended = new Promise((resolve) => first.on('close', resolve));
    await new Promise((resolve) => first.stdout?.once('data', resolve));
    failedClearly(place.run('run', 'a.yaml', '--json'), 125, 'VM_IN_USE', 'app: this VM is in use by process');
    first.kill('SIGTERM');
    expect(await ended).toBe(130);
  });
});
