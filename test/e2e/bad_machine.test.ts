// What may be wrong with the machine: no user namespaces, no Wine, a full disk. Each is made by root in namespaces of its
// own, for a user of whom the rest of the machine sees nothing.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

const main = inject('main');
const root = process.getuid?.() === 0;
const SHUTTLE = `"${process.execPath}" "${main}"`;
const PERSON = 54_322;
const asPerson = (words: string) => `setpriv --reuid=${PERSON} --regid=${PERSON} --clear-groups ${words}`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shuttle-machine-'));
  if (root) chownSync(folder, PERSON, PERSON);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const how = () => ({
  cwd: folder,
  env: { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: join(folder, 'state'), LANG: 'C.UTF-8' },
});

/** A shell's script in mount namespaces of its own; what each command of it printed. */
function machine(script: string) {
  const done = spawnSync('unshare', ['-m', 'sh', '-c', script], { ...how(), encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/** In a user namespace that has every user, and lets nobody make another. */
async function withoutNamespaces(command: string) {
  // Root of the new namespace is who is executed once it has a map.
  const script = `read go; exec sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec ${asPerson(command)}'`;
  const shell = spawn('unshare', ['-U', 'sh', '-c', script], { ...how(), stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  shell.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  shell.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const ended = once(shell, 'close');
  for (;;) {
    // The maps can be written once it is in its own.
    const mine = spawnSync('readlink', ['/proc/self/ns/user', `/proc/${shell.pid}/ns/user`], { encoding: 'utf8' });
    const [ours, its] = mine.stdout.split('\n');
    if (its && ours !== its) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (const map of ['gid_map', 'uid_map']) writeFileSync(`/proc/${shell.pid}/${map}`, '0 0 100000\n');
  shell.stdin.end('go\n');
  const [code] = await ended;
  return { code, stdout, stderr };
}

describe.skipIf(!root)(root ? 'a machine' : 'a machine (skipped: only root can make one)', () => {
  test('without user namespaces is told as that, with the setting', async () => {
    const learnt = await withoutNamespaces(`${SHUTTLE} learn --json true`);
    expect(learnt.code).toBe(125);
    expect(JSON.parse(learnt.stdout).error).toEqual({
      code: 'USERNS_DISABLED',
      message: 'user namespaces are off on this machine',
      hint: 'set user.max_user_namespaces=10000 as an administrator',
    });
    expect(readdirSync(folder)).toEqual(['state']);
    const doctor = await withoutNamespaces(`${SHUTTLE} doctor --json`);
    const { ok, findings } = JSON.parse(doctor.stdout);
    const of = (name: string) => findings.find((one: { name: string }) => one.name === name);
    expect([doctor.code, ok]).toEqual([1, false]);
    expect(of('user namespaces')).toMatchObject({
      state: 'fails',
      mend: 'as an administrator: sysctl user.max_user_namespaces=10000',
    });
    expect(of('overlays')).toMatchObject({ state: 'lacks', says: 'cannot be tried without user namespaces' });
  });

  test('without Wine says how to get it', () => {
    const head = Buffer.alloc(512);
    head.write('MZ');
    head.writeUInt32LE(128, 60);
    head.write('PE\0\0', 128, 'latin1');
    head.writeUInt16LE(0x8664, 132);
    writeFileSync(join(folder, 'app.exe'), head);
    const hide = ['/usr/lib/wine', '/usr/local/bin', '/opt'].map((at) => `[ ! -d ${at} ] || mount -t tmpfs none ${at}`);
    const cover = 'for file in /usr/bin/wine /usr/bin/wine64; do [ ! -e $file ] || mount --bind /dev/null $file; done';
    const kept = `exec 9< "${process.execPath}"`; // should Node itself lie in one of them
    const done = machine(
      `${kept}; ${hide.join('; ')}; ${cover}; ${asPerson(`/proc/self/fd/9 "${main}" learn --json ./app.exe`)}`,
    );
    expect([done.code, JSON.parse(done.stdout).error]).toEqual([
      125,
      {
        code: 'WINE_MISSING',
        message: expect.stringContaining('app.exe: a Windows program needs Wine, which is not installed'),
        hint: 'as an administrator: apt-get install wine wine64',
      },
    ]);
  });

  test('whose disk fills while a run is recorded loses nothing that was written, and no exit code', () => {
    // A batch is written every quarter of a second; the first has room, what comes at once after it has none.
    const burst = 'for i in 1 2 3 4 5 6 7 8; do find /usr/include -name "*.h" -exec head -c1 {} + >/dev/null; done';
    writeFileSync(
      join(folder, 'a.yaml'),
      `shuttle: 1\nvms: { app: { program: [sh, -c, ${JSON.stringify(`sleep 2; ${burst}; exit 3`)}] } }\n`,
    );
    const done = machine(`
      mkdir .shuttle && mount -t tmpfs -o size=400k,uid=${PERSON},gid=${PERSON},mode=700 none .shuttle
      head -c 250k /dev/zero > .shuttle/ballast
      ${asPerson(`${SHUTTLE} run a.yaml`)}; echo "code $?"
      rm .shuttle/ballast; mount -o remount,size=40m .shuttle
      set -- .shuttle/runs/*/*
      ${asPerson(`${SHUTTLE} query --json "$1" "select outcome, exit_code, complete from runs"`)}
      ${asPerson(`${SHUTTLE} query --json "$1" "select count(*) > 0 as some from interactions where object like '%/sleep'"`)}`);
    const [first, ...rest] = done.stdout.split('\n');
    expect([first, done.stderr]).toEqual(['code 3', expect.stringContaining('[RECORD_FAILED]')]);
    expect(done.stderr.match(/RECORD_FAILED/g)).toHaveLength(1);
    expect(JSON.parse(`${rest.join('\n').replace(']\n[', ',')}`)).toEqual([
      { outcome: 'failed', exit_code: 3, complete: false },
      { some: true },
    ]);
  });
});
