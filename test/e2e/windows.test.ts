// Windows programs in VMs, as a user gives them.
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEOPLE } from './lab.js';
import { buildProbe, compiles32, has32, lacking, titled, WindowsLab } from './windows_lab.js';

const z = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

describe.skipIf(lacking !== null).each(PEOPLE)(titled('a Windows program, as $name'), (who) => {
  let lab: WindowsLab;
  beforeAll(() => {
    lab = new WindowsLab(who).prepare();
  });
  afterAll(() => lab?.end());
  const put = (name: string, text: string): string => {
    const path = join(lab.folder, 'lab', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };

  test('is told the Windows version that was asked for', () => {
    const told = (version: string) => lab.learn([lab.probe, 'version'], ['--windows', version]).lines[0];
    expect(told('win7')).toBe('6.1.7601 6.1 Microsoft Windows 7');
    expect(told('win8')).toBe('6.2.9200 6.2 Microsoft Windows 8');
    expect(told('win81')).toMatch(/^6\.3\.9600 .* Microsoft Windows 8\.1$/);
    expect(told('win10')).toMatch(/^10\.0\.19043 .* Microsoft Windows 10$/);
    expect(told('win11')).toMatch(/^10\.0\.22000 .* Microsoft Windows 11$/);
  });

  test('has its arguments, its folder and its name as they are, whatever letters they have', () => {
    const folder = join(lab.folder, 'lab', 'папка с ключом');
    const program = join(folder, 'my ž probe.exe');
    mkdirSync(folder);
    copyFileSync(lab.probe, program);
    const done = lab.learn([program, 'args', 'two words', 'нить', 'a"b', '']);
    expect(done.lines).toEqual([
      'arg args',
      'arg two words',
      'arg нить',
      'arg a"b',
      'arg ',
      `cwd ${z(join(lab.folder, 'lab'))}`,
      `program ${z(program)}`,
      expect.anything(),
    ]);
    lab.system(`
shuttle: 1
system: lab
main: a
vms:
  a:
    mounts: { 'C:\\мои программы': ${JSON.stringify(folder)} }
    cwd: 'C:\\мои программы'
    program: ['C:\\мои программы\\MY ž Probe', args]
`);
    const mounted = lab.shuttle('run', '--ephemeral');
    expect([mounted.err, ...mounted.out.split(/\r?\n/)]).toEqual([
      '',
      'arg args',
      'cwd C:\\мои программы',
      expect.stringMatching(/^program C:\\мои программы\\my ž probe\.exe$/i),
      '',
    ]);
  });

  test('reads the files of its own folder, and what it writes stays in the VM', () => {
    put('own.txt', 'from the host\n');
    const words = [
      'file',
      'own.txt',
      'write',
      'new.txt',
      'text',
      'file',
      'new.txt',
      'write',
      'C:\\new.txt',
      'text',
      'exit',
      '7',
    ];
    const done = lab.learn([lab.probe, ...words]);
    expect(done.lines.slice(0, 4)).toEqual(['file from the host', 'write done', 'file text', 'write done']);
    expect(done.status).toBe(7);
  });

  test('lists, under the rules it learnt, what it listed', () => {
    const folder = join(lab.outside, 'listed');
    lab.put('listed/one.txt', '1');
    const cmd = "'C:\\windows\\system32\\cmd.exe'";
    lab.system(
      `{ shuttle: 1, system: lab, main: a, vms: { a: { windows: win10, program: [${cmd}, /c, dir, /b, '${z(folder)}'] } } }`,
    );
    expect(lab.shuttle('learn', '--ephemeral').out).toContain('one.txt');
    const ruled = lab.shuttle('run', '--ephemeral');
    expect(ruled.out).toContain('one.txt');
    expect(ruled.rows.filter((row) => row.op === 'file.list' && row.verdict === 'blocked')).toEqual([]);
  });

  test.each(['pipe', 'file'] as const)('reads a %s', (kind) => {
    const typed = put('input.txt', 'one\ntwo\n');
    lab.input = kind === 'file' ? openSync(typed, 'r') : null;
    const words = ['learn', '--ephemeral', '-o', join(lab.folder, 'lab', `${kind}.shuttle.yaml`), lab.probe, 'lines'];
    const done = lab.command(words, 'one\ntwo\n');
    lab.input = null;
    expect(done.stdout.split(/\r?\n/).slice(0, 3)).toEqual(['got one', 'got two', '2 lines']);
  });

  test('finds in the registry what it wrote there in an earlier run', () => {
    lab.system(`{ shuttle: 1, system: lab, main: a, vms: { a: { program: [${lab.probe}, set, colour, red] } } }`);
    expect(lab.shuttle('run').out).toContain('set 0');
    lab.system(`{ shuttle: 1, system: lab, main: a, vms: { a: { program: [${lab.probe}, get, colour] } } }`);
    expect(lab.shuttle('run').out).toContain('get red');
    lab.command(['vm', 'remove', lab.file]);
  });

  test.each([
    ['text.exe', 'hello\n', 126, 'it is a text file, not a program'],
    ['dos.exe', 'MZ\0\0', 126, 'it is a DOS program'],
    ['app.msi', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 126, 'it is an installer package'],
  ])('%s is refused in words', (name, bytes, code, words) => {
    const path = join(lab.folder, 'lab', name);
    writeFileSync(path, Buffer.from(bytes, 'latin1'));
    const done = lab.learn([path]);
    expect([done.status, done.stderr]).toEqual([code, expect.stringContaining(words)]);
  });

  test('that is nowhere is not found', () => {
    const done = lab.learn(['./none.exe']);
    expect([done.status, done.stderr]).toEqual([127, expect.stringContaining('none.exe: no such program')]);
  });

  test('that is a batch file is run by the command interpreter', () => {
    const script = put('a batch ž.bat', '@echo off\r\necho said %1 %2\r\nexit /b 9\r\n');
    const done = lab.learn([script, 'one', 'two words']);
    expect([done.lines[0], done.status]).toEqual(['said one "two words"', 9]);
  });

  test.skipIf(!compiles32 || has32)('of 32 bits is refused, with how to get 32-bit Wine', () => {
    const path = join(lab.folder, 'program', 'probe32.exe');
    buildProbe(path, 32);
    const how = 'dpkg --add-architecture i386 && apt-get update && apt-get install wine32:i386';
    const learnt = lab.learn([path]);
    lab.system(`shuttle: 1\nsystem: lab\nvms: { a: { program: [${path}] } }\n`);
    for (const done of [learnt, lab.command(['run', lab.file])]) {
      expect(done.status).toBe(125);
      expect(done.stderr.trim().split('\n')).toEqual([
        expect.stringContaining(`${path}: a 32-bit Windows program needs 32-bit Wine`),
        expect.stringContaining(how),
      ]);
    }
  });

  test.skipIf(!compiles32 || !has32)(
    `of 32 bits runs and is held to the same${has32 ? '' : ' (skipped: no 32-bit Wine)'}`,
    () => {
      const path = join(lab.folder, 'program', 'probe32.exe');
      buildProbe(path, 32);
      const done = lab.learn([path, 'args', 'two words']);
      expect([done.lines[0], done.status]).toEqual(['arg args', 0]);
    },
  );

  test('makes windows without a display, which nobody sees', () => {
    expect(lab.learn([lab.probe, 'window']).lines[0]).toMatch(/^window made, found yes, screen \d+x\d+$/);
  });

  test('finds what programs of today import, and says what it lacks', () => {
    expect(lab.learn([lab.probe, 'random']).lines[0]).toBe('random yes');
    const broken = join(lab.folder, 'program', 'broken.exe');
    const bytes = readFileSync(lab.probe);
    bytes.write('KERNEL99', bytes.indexOf('KERNEL32.dll'));
    writeFileSync(broken, bytes);
    const done = lab.learn([broken, 'random']);
    expect([done.status, done.stderr]).toEqual([53, expect.stringContaining('KERNEL99.dll')]);
  });

  test('finds itself alone in its VM, while another runs', () => {
    lab.system(`
shuttle: 1
system: lab
main: b
vms:
  a: { program: [${lab.probe}, set, colour, red, wait] }
  b: { program: [${lab.probe}, get, colour, window], after: [a] }
`);
    expect(lab.shuttle('run', '--ephemeral').out).toMatch(/get none\r?\nwindow made, found yes/);
  });
});
