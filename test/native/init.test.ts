// Real VMs, started without Node's addon, by root and by an ordinary user.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addon } from '../../native/engine.js';
import { Driver, STARTERS } from './vm_driver.js';
import { BASE, builtDriver, overlay, VmLab } from './vm_lab.js';

const driver = builtDriver();
const statusOf = (pid: string | number) => readFileSync(`/proc/${pid}/status`, 'utf8');
const alive = (pid: string | number) => existsSync(`/proc/${pid}`);
const groupsOf = (vm: Driver): string[] =>
  spawnSync('find', ['/sys/fs/cgroup', '-name', `shuttle.${vm.pid}.*`], { encoding: 'utf8' })
    .stdout.split('\n')
    .slice(0, -1);
async function gone(pid: string | number): Promise<boolean> {
  for (let n = 0; n < 6000 && alive(pid); n++) await new Promise((resolve) => setTimeout(resolve, 10));
  return !alive(pid);
}

describe.each(STARTERS)('a VM started by %s', (_who, who) => {
  const lab = new VmLab(driver, who);

  test.each([
    ['its own processes alone', 'ls -d /proc/[0-9]* | wc -l; test -e /proc/1 || echo unseen', /^[2-5]\nunseen$/],
    ['no capability', 'grep Cap /proc/self/status | grep -v 0000000000000000; echo none', /^none$/],
    ['no new privileges', 'grep NoNewPrivs /proc/self/status', /NoNewPrivs:\s1/],
    ['its host name', 'cat /proc/sys/kernel/hostname', /^vm$/],
    ['three descriptors', 'seq 3 99 | sed s,^,/proc/self/fd/, | xargs readlink; echo end', /^end$/],
    ['a session of its own', 'test $(cut -d" " -f6 /proc/$$/stat) = $$ && echo leader', /^leader$/],
    ['no core files', 'ulimit -c', /^0$/],
    [
      'no signal ignored',
      'grep -E "Sig(Ign|Blk)" /proc/self/status',
      /^SigBlk:\s0000000000000000\nSigIgn:\s000000000000000[04]$/,
    ],
    ['loopback alone', 'cut -d: -f1 /proc/net/dev | tail -n +3', /^\s*lo$/],
    ['every address as its own', 'cat /proc/net/fib_trie | grep -c "/0 host LOCAL"', /^[12]$/],
    ['a private /tmp of a set size', 'ls -A /tmp; df -k /tmp | tail -1', /tmpfs\s+1024/],
    [
      'a private /dev',
      'ls /dev | xargs',
      /^fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero$/,
    ],
    ['no protected file', 'cat /etc/shadow || echo; ls /etc | grep -c ^shadow$; ls -d /etc/ssh', /^\n0$/],
    ['a root that is its own', 'ls / | xargs', /^bin dev etc lib lib64 proc sbin tmp usr$/],
    ['low ports', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start', /^0$/],
    ['no user namespace in it', 'unshare -U true || echo refused', /^refused$/],
    ['no mount of its own', 'mount -t tmpfs x /tmp || echo refused', /^refused$/],
    ['a writable copy of what is shown', 'echo x > /etc/x-file && cat /etc/x-file', who.shift ? /^x$/ : /^$/],
    ['read-only system folders', 'touch /usr/x 2>/dev/null || echo refused', /^refused$/],
    [
      'process 1 out of reach',
      'kill -9 1; kill -STOP 1; sleep 0.1; ls /proc/1/root /proc/1/fd /proc/1/cwd 2>/dev/null; cat /proc/1/environ /proc/1/maps /proc/1/mem 2>/dev/null; kill -0 1 && echo alive',
      /^alive$/,
    ],
    ['a clean end of its last process', 'setsid sleep 0.2 & true', /^$/],
  ])('has %s', async (_what, script, expected) => expect(await lab.vm.run(script)).toMatch(expected));

  test('is not root on the host', async () => {
    lab.vm.say('argv', '/bin/sleep', '30');
    lab.vm.say('go');
    const [, init, program] = (await lab.vm.line()).split(' ');
    for (const pid of [init, program])
      expect(statusOf(pid!)).toMatch(new RegExp(`Uid:\t${who.inside}\t${who.inside}\t${who.inside}\t`));
    lab.vm.say('kill');
    expect(await lab.vm.line()).toBe('killed');
    lab.vm.say('end');
    await lab.vm.until('ended');
    expect([alive(init!), alive(program!)]).toEqual([false, false]);
  });

  test('leaves nothing when its starter is killed', async () => {
    lab.vm.say('argv', '/bin/sh', '-c', 'sleep 60 & sleep 60');
    lab.vm.say('go');
    const [, init, program] = (await lab.vm.line()).split(' ');
    lab.vm.kill('SIGKILL');
    expect(await gone(init!)).toBe(true);
    expect(await gone(program!)).toBe(true);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain('shuttle');
  });

  test('tells why it could not be built', async () => {
    lab.vm.steps([{ do: 'bind', to: '/none', from: join(lab.folder, 'none'), write: false }]);
    await expect(lab.vm.run('true')).rejects.toThrow(/^failed (2|13) bind \/none$/);
  });

  test.each([
    ['/bin/none', '127 0 2'],
    ['none', '127 0 2'],
    ['/etc/passwd', '126 0 13'],
    ['/bin', '126 0 13'],
  ])('says what became of %s: %s', async (program, ended) => {
    lab.vm.say('argv', program);
    lab.vm.say('go');
    await lab.vm.line();
    lab.vm.say('end');
    expect(await lab.vm.line()).toBe(`ended ${ended}`);
  });

  test('says that the folder could not be entered', async () => {
    lab.vm.say('cwd', '/etc/passwd');
    lab.vm.say('argv', '/bin/true');
    lab.vm.say('go');
    await lab.vm.line();
    lab.vm.say('end');
    expect(await lab.vm.line()).toBe('ended 125 0 20');
  });

  test('reports a signal', async () => {
    lab.vm.say('argv', '/bin/sh', '-c', 'kill -TERM $$');
    lab.vm.say('go');
    await lab.vm.line();
    lab.vm.say('end');
    expect(await lab.vm.line()).toBe('ended -1 15 0');
  });

  test('serves the engine: sockets, binds, connects, mounts, programs', async () => {
    lab.mine(lab.mkfile('file'));
    lab.vm.say('argv', '/bin/sleep', '30');
    lab.vm.say('go');
    await lab.vm.line();
    const ask = async (...words: string[]) => {
      lab.vm.say(...words);
      return lab.vm.line();
    };
    expect(await ask('socket', '2', '1', '0')).toBe('done 0');
    expect(await ask('socket', '16', '3', '4')).toBe('done 0'); // NETLINK_SOCK_DIAG
    expect(await ask('socket', '99', '1', '0')).toBe('done 97');
    expect(await ask('connect', '/tmp/s')).toBe('done 2');
    expect(await ask('bind', '/tmp/s')).toBe('done 0');
    expect(await ask('connect', '/tmp/s')).toBe('done 111');
    expect(await ask('bind', '/usr/s')).toMatch(/^done (13|30)$/);
    lab.vm.mount(overlay('/usr', ['/usr']));
    expect(await lab.vm.line()).toBe('mounted 0');
    lab.vm.mount({ do: 'bind', to: '/tmp/file', from: join(lab.folder, 'file'), write: true });
    expect(await lab.vm.line()).toBe('mounted 0');
    const write = who.shift ? 'mkdir /usr/x && ' : '';
    // That it ended may be told, by another thread, before that it was started.
    const start = async (...words: string[]) => [await ask('start', ...words), await lab.vm.line()].sort();
    const started = expect.stringMatching(/^started \d+$/);
    expect(await start('/bin/sh', '-c', `${write}echo seen > /tmp/file; exit 7`)).toEqual(['exited 7 0 0', started]);
    expect(readFileSync(join(lab.folder, 'file'), 'utf8')).toBe('seen\n');
    expect(existsSync('/usr/x')).toBe(false);
    expect(await start('/bin/none')).toEqual(['exited 127 0 2', started]);
  });

  test('has one listener for all its programs, which wait until it is served', async () => {
    lab.vm.say('trap');
    lab.vm.say('argv', '/bin/sh', '-c', 'uname; sleep 0.3');
    lab.vm.say('go');
    await lab.vm.line();
    lab.vm.say('start', '/bin/uname');
    lab.vm.say('end');
    const lines = await lab.vm.until('ended');
    expect(lines.filter((line) => line === 'trapped 63').length).toBe(2);
    expect(lines.filter((line) => line === 'Linux').length).toBe(2);
  });

  test('puts nothing into the terminal of who started it', async () => {
    lab.vm.say('terminal');
    const output = await lab.vm.run(
      `perl -e 'print -t STDIN ? "terminal\\n" : "none\\n"; print ioctl(STDIN, 0x5412, my $x = "x") ? "pushed" : "refused: $!"'; echo; tty -s < /dev/tty || echo no terminal of its own`,
    );
    expect(output).toMatch(/^terminal\nrefused: .*\nno terminal of its own$/);
  });

  test('is limited as a whole or by process, and leaves no group', async () => {
    lab.vm.say('limit', 'processes', '8');
    lab.vm.say('limit', 'memory', String(64 << 20));
    lab.vm.say('limit', 'cpu', '5');
    const many = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.2 & done';
    await lab.vm.run(`(${many}); ulimit -t; perl -e '$x = "x" x (256 << 20); print "much"' || true`);
    expect(lab.vm.errors).toMatch(/[Ff]ork/);
    const again = new Driver(driver.folder, who);
    again.steps(BASE);
    again.say('limit', 'cpu', '5');
    again.say('limit', 'memory', String(64 << 20));
    const seen = 'grep -c shuttle /proc/self/cgroup'; // its groups are its root
    expect(await again.run(`ulimit -t; ${seen}; perl -e '$x = "x" x (256 << 20); print "much"' || echo`)).toBe(
      '5\n0\n',
    );
    await Promise.all([lab.vm.close(), again.close()]);
    expect([...groupsOf(lab.vm), ...groupsOf(again)]).toEqual([]);
  });

  if (who.uid === process.getuid?.())
    test.skipIf(!addon().kernelAbilities().groups)(
      'has its CPU time as a whole (needs a control group that may be divided)',
      async () => {
        lab.vm.say('limit', 'cpu', '2');
        const turn = `perl -e '1 while (times)[0] < 0.7'`; // none of them has too much by itself
        expect(await lab.vm.run(`echo begun; for i in 1 2 3 4 5 6 7 8 9 10; do ${turn}; done; echo all`)).toBe('begun');
      },
    );
});

test('the application is never root', async () => {
  const vm = new Driver(driver.folder, { uid: process.getuid?.() ?? 0, inside: 0, shift: false });
  vm.steps(BASE);
  await expect(vm.run('id')).rejects.toThrow(/^failed 1 /);
  await vm.close();
});

test('init takes no plan on trust', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuttle-plan-'));
  const file = join(folder, 'plan');
  const number = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
  const magic = number(0x31494853);
  const piece = fc.oneof(
    fc.nat(200).map(number),
    fc.constant(Buffer.alloc(8, 0xff)),
    fc.string().map((text) => Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)])),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      writeFileSync(file, Buffer.concat([magic, ...pieces]));
      const plan = openSync(file, 'r');
      const done = spawnSync(join(driver.folder, 'shuttle-init'), [], {
        stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', plan],
      });
      closeSync(plan);
      expect([done.status, done.signal]).toEqual([1, null]);
    }),
    { numRuns: 60 },
  );
  rmSync(folder, { recursive: true });
});
