// Real VMs, started without Node's addon, by root and by an ordinary user.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MountStep } from '../../native/contract/vm.js';
import { addon } from '../../native/engine.js';
import { diffLayer } from '../../tracer/vm/layer_diff.js';
import { removeTree } from '../../tracer/vm/remove_tree.js';
import { Driver, makeDriver, STARTERS } from './vm_driver.js';

let made: ReturnType<typeof makeDriver>;
beforeAll(() => {
  made = makeDriver();
}, 120_000);
afterAll(() => made?.remove());

const overlay = (to: string, lower: string[], layer?: string): MountStep => ({
  do: 'overlay',
  to,
  lower,
  upper: layer ? `${layer}/upper/x` : null,
  work: layer ? `${layer}/work/x` : null,
  volatile: true,
});
const BASE: readonly MountStep[] = [
  ...['bin', 'lib', 'lib64', 'sbin'].map((name): MountStep => ({ do: 'link', to: `/${name}`, target: `usr/${name}` })),
  { do: 'bind', to: '/usr', from: '/usr', write: false },
  overlay('/etc', ['/etc']),
  { do: 'memory', to: '/tmp', mode: 0o1777, bytes: 1 << 20 },
  { do: 'proc', to: '/proc' },
  { do: 'devices', to: '/dev' },
  { do: 'memory', to: '/dev/shm', mode: 0o1777, bytes: 1 << 20 },
  { do: 'queues', to: '/dev/mqueue' },
  { do: 'mask', to: '/etc/shadow' },
  { do: 'mask', to: '/etc/ssh' },
];
const statusOf = (pid: string | number) => readFileSync(`/proc/${pid}/status`, 'utf8');
const alive = (pid: string | number) => existsSync(`/proc/${pid}`);
const groupsOf = (vm: Driver): string[] =>
  spawnSync('find', ['/sys/fs/cgroup', '-name', `shuttle.${vm.pid}.*`], { encoding: 'utf8' })
    .stdout.split('\n')
    .slice(0, -1);
async function gone(pid: string | number): Promise<boolean> {
  for (let n = 0; n < 200 && alive(pid); n++) await new Promise((resolve) => setTimeout(resolve, 10));
  return !alive(pid);
}

describe.each(STARTERS)('a VM started by %s', (_who, who) => {
  let folder: string;
  let vm: Driver;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shuttle-vm-'));
    chownSync(folder, who.uid, who.uid);
    chmodSync(folder, 0o755);
    vm = new Driver(made.folder, who);
    vm.steps(BASE);
  });
  afterEach(async () => {
    await vm.close();
    removeTree(folder);
  });
  const mine = (path: string, mode = 0o644) => {
    chownSync(path, who.uid, who.uid);
    chmodSync(path, mode);
    return path;
  };

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
  ])('has %s', async (_what, script, expected) => expect(await vm.run(script)).toMatch(expected));

  test('is not root on the host', async () => {
    vm.say('argv', '/bin/sleep', '30');
    vm.say('go');
    const [, init, program] = (await vm.line()).split(' ');
    for (const pid of [init, program])
      expect(statusOf(pid!)).toMatch(new RegExp(`Uid:\t${who.inside}\t${who.inside}\t${who.inside}\t`));
    vm.say('kill');
    expect(await vm.line()).toBe('killed');
    vm.say('end');
    await vm.until('ended');
    expect([alive(init!), alive(program!)]).toEqual([false, false]);
  });

  test('leaves nothing when its starter is killed', async () => {
    vm.say('argv', '/bin/sh', '-c', 'sleep 60 & sleep 60');
    vm.say('go');
    const [, init, program] = (await vm.line()).split(' ');
    vm.kill('SIGKILL');
    expect(await gone(init!)).toBe(true);
    expect(await gone(program!)).toBe(true);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain('shuttle');
  });

  test('tells why it could not be built', async () => {
    vm.steps([{ do: 'bind', to: '/none', from: join(folder, 'none'), write: false }]);
    await expect(vm.run('true')).rejects.toThrow(/^failed (2|13) bind \/none$/);
  });

  test.each([
    ['/bin/none', '127 0 2'],
    ['none', '127 0 2'],
    ['/etc/passwd', '126 0 13'],
    ['/bin', '126 0 13'],
  ])('says what became of %s: %s', async (program, ended) => {
    vm.say('argv', program);
    vm.say('go');
    await vm.line();
    vm.say('end');
    expect(await vm.line()).toBe(`ended ${ended}`);
  });

  test('says that the folder could not be entered', async () => {
    vm.say('cwd', '/etc/passwd');
    vm.say('argv', '/bin/true');
    vm.say('go');
    await vm.line();
    vm.say('end');
    expect(await vm.line()).toBe('ended 125 0 20');
  });

  test('reports a signal', async () => {
    vm.say('argv', '/bin/sh', '-c', 'kill -TERM $$');
    vm.say('go');
    await vm.line();
    vm.say('end');
    expect(await vm.line()).toBe('ended -1 15 0');
  });

  test('keeps the host as it was, and lists no name it hides', async () => {
    writeFileSync(mine(mkfile('a')), 'host');
    mine(mkfile('secret'));
    vm.steps([overlay('/data', [folder]), { do: 'mask', to: '/data/secret' }]);
    const output = await vm.run(
      'ls /data; echo vm > /data/a; rm -f /data/secret; mkdir /data/secret; cat /data/a; ls /data',
    );
    expect(output).toBe('a\nvm\na\nsecret');
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('host');
    expect(readdirSync(folder).sort()).toEqual(['a', 'secret']);
  });

  test('keeps what it wrote in its layer, also after its starter was killed', async () => {
    const layer = join(folder, 'layer');
    const shown = join(folder, 'shown');
    for (const one of [layer, `${layer}/upper`, `${layer}/work`]) chownSync(mkdir(one), who.inside, who.inside);
    mine(mkdir(shown), 0o755);
    writeFileSync(mine(mkfile('shown/old')), '');
    vm.steps([overlay('/data', [shown], layer)]);
    expect(await vm.run('echo 1 > /data/new; rm /data/old; ls /data')).toBe('new');
    const again = new Driver(made.folder, who);
    again.steps([...BASE, overlay('/data', [shown], layer)]);
    expect(await again.run('ls /data; cat /data/new')).toBe('new\n1');
    await again.close();
    expect(readdirSync(shown)).toEqual(['old']);
    const from = (path: string) => path.replace(/^\/x/, shown);
    expect(diffLayer(layer, from).map(({ what, path }) => `${what} ${path}`)).toEqual([
      'created /x/new',
      'deleted /x/old',
    ]);
  });

  test('what lies below an overlay leaves no trace in the layer', async () => {
    const layer = join(folder, 'layer');
    const shown = mine(mkdir(join(folder, 'shown')), 0o755);
    for (const one of [layer, `${layer}/upper`, `${layer}/work`]) chownSync(mkdir(one), who.inside, who.inside);
    mine(mkfile('file'));
    vm.steps([
      overlay('/data', [shown], layer),
      { do: 'bind', to: '/data/deep/file', from: join(folder, 'file'), write: false },
      { do: 'memory', to: '/data/room', mode: 0o700, bytes: 4096 },
      { do: 'file', to: '/data/text', mode: 0o644, text: 'hello\n' },
      { do: 'link', to: '/data/link', target: 'text' },
    ]);
    expect(await vm.run('ls /data; ls /data/deep; cat /data/link')).toBe('deep\nlink\nroom\ntext\nfile\nhello');
    expect(readdirSync(join(layer, 'upper/x'))).toEqual([]);
  });

  test('a socket of the host is dead in an overlay, and bound by nobody', async () => {
    const path = join(folder, 's');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    chmodSync(path, 0o777);
    vm.steps([overlay('/data', [folder])]);
    vm.say('argv', '/bin/sleep', '30');
    vm.say('go');
    await vm.line();
    vm.say('connect', '/data/s');
    expect(await vm.line()).toBe('done 111');
    vm.mount({ do: 'bind', to: '/tmp/s', from: path, write: false });
    expect(await vm.line()).toBe('mounted 95');
    server.close();
  });

  test('serves the engine: sockets, binds, connects, mounts, programs', async () => {
    mine(mkfile('file'));
    vm.say('argv', '/bin/sleep', '30');
    vm.say('go');
    await vm.line();
    const ask = async (...words: string[]) => {
      vm.say(...words);
      return vm.line();
    };
    expect(await ask('socket', '2', '1', '0')).toBe('done 0');
    expect(await ask('socket', '16', '3', '4')).toBe('done 0'); // NETLINK_SOCK_DIAG
    expect(await ask('socket', '99', '1', '0')).toBe('done 97');
    expect(await ask('connect', '/tmp/s')).toBe('done 2');
    expect(await ask('bind', '/tmp/s')).toBe('done 0');
    expect(await ask('connect', '/tmp/s')).toBe('done 111');
    expect(await ask('bind', '/usr/s')).toMatch(/^done (13|30)$/);
    vm.mount(overlay('/usr', ['/usr']));
    expect(await vm.line()).toBe('mounted 0');
    vm.mount({ do: 'bind', to: '/tmp/file', from: join(folder, 'file'), write: true });
    expect(await vm.line()).toBe('mounted 0');
    const write = who.shift ? 'mkdir /usr/x && ' : '';
    // That it ended may be told, by another thread, before that it was started.
    const start = async (...words: string[]) => [await ask('start', ...words), await vm.line()].sort();
    const started = expect.stringMatching(/^started \d+$/);
    expect(await start('/bin/sh', '-c', `${write}echo seen > /tmp/file; exit 7`)).toEqual(['exited 7 0 0', started]);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('seen\n');
    expect(existsSync('/usr/x')).toBe(false);
    expect(await start('/bin/none')).toEqual(['exited 127 0 2', started]);
  });

  test('has one listener for all its programs, which wait until it is served', async () => {
    vm.say('trap');
    vm.say('argv', '/bin/sh', '-c', 'uname; sleep 0.3');
    vm.say('go');
    await vm.line();
    vm.say('start', '/bin/uname');
    vm.say('end');
    const lines = await vm.until('ended');
    expect(lines.filter((line) => line === 'trapped 63').length).toBe(2);
    expect(lines.filter((line) => line === 'Linux').length).toBe(2);
  });

  test('puts nothing into the terminal of who started it', async () => {
    vm.say('terminal');
    const output = await vm.run(
      `perl -e 'print -t STDIN ? "terminal\\n" : "none\\n"; print ioctl(STDIN, 0x5412, my $x = "x") ? "pushed" : "refused: $!"'; echo; tty -s < /dev/tty || echo no terminal of its own`,
    );
    expect(output).toMatch(/^terminal\nrefused: .*\nno terminal of its own$/);
  });

  test('is limited as a whole or by process, and leaves no group', async () => {
    vm.say('limit', 'processes', '8');
    vm.say('limit', 'memory', String(64 << 20));
    vm.say('limit', 'cpu', '5');
    const many = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.2 & done';
    await vm.run(`(${many}); ulimit -t; perl -e '$x = "x" x (256 << 20); print "much"' || true`);
    expect(vm.errors).toMatch(/[Ff]ork/);
    const again = new Driver(made.folder, who);
    again.steps(BASE);
    again.say('limit', 'cpu', '5');
    again.say('limit', 'memory', String(64 << 20));
    const seen = 'grep -c shuttle /proc/self/cgroup'; // its groups are its root
    expect(await again.run(`ulimit -t; ${seen}; perl -e '$x = "x" x (256 << 20); print "much"' || echo`)).toBe(
      '5\n0\n',
    );
    await Promise.all([vm.close(), again.close()]);
    expect([...groupsOf(vm), ...groupsOf(again)]).toEqual([]);
  });

  if (who.uid === process.getuid?.())
    test.skipIf(!addon().kernelAbilities().groups)(
      'has its CPU time as a whole (needs a control group that may be divided)',
      async () => {
        vm.say('limit', 'cpu', '2');
        const turn = `perl -e '1 while (times)[0] < 0.7'`; // none of them has too much by itself
        expect(await vm.run(`echo begun; for i in 1 2 3 4 5 6 7 8 9 10; do ${turn}; done; echo all`)).toBe('begun');
      },
    );

  if (who.shift)
    test('root’s folders are the program’s own, and writes that are let through are root’s', async () => {
      const secret = mkdir(join(folder, 'secret'));
      chmodSync(secret, 0o700);
      writeFileSync(join(secret, 'key'), 'k', { mode: 0o600 });
      chmodSync(folder, 0o700);
      vm.steps([overlay('/own', [secret]), { do: 'bind', to: '/out', from: secret, write: true }]);
      const output = await vm.run(
        'stat -c %u /own /own/key /out/key; cat /own/key; echo x > /own/key; echo; echo y > /out/made; id -u',
      );
      expect(output).toBe([who.inside, who.inside, who.inside, 'k', who.inside].join('\n'));
      expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('k');
      expect(statSync(join(secret, 'made')).uid).toBe(0);
    });

  function mkfile(name: string): string {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  }
  function mkdir(path: string): string {
    mkdirSync(path, { recursive: true });
    return path;
  }
});

test('the application is never root', async () => {
  const vm = new Driver(made.folder, { uid: process.getuid?.() ?? 0, inside: 0, shift: false });
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
      const done = spawnSync(join(made.folder, 'shuttle-init'), [], {
        stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', plan],
      });
      closeSync(plan);
      expect([done.status, done.signal]).toEqual([1, null]);
    }),
    { numRuns: 60 },
  );
  rmSync(folder, { recursive: true });
});
