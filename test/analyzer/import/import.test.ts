// Others' traces become runs, and runs become rules.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importTrace } from '../../../analyzer/import/import.js';
import { inferRules } from '../../../analyzer/infer.js';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'traces-'));
});
afterEach(() => rmSync(base, { recursive: true }));

async function rulesOf(...texts: string[]): Promise<string[]> {
  const folders: string[] = [];
  for (const [place, text] of texts.entries()) {
    const file = join(base, `trace-${place}`);
    writeFileSync(file, text);
    folders.push(await importTrace(file, join(base, 'runs'), place, 'imported'));
  }
  const { rules } = await inferRules(folders);
  return rules.map(({ allow, from, to, object, needed }) => `${allow} ${from}>${to} ${object} ${needed}`).sort();
}

describe('strace -f', () => {
  test.each<[string, string, string[]]>([
    ['a file', 'openat(AT_FDCWD, "/etc/app.conf", O_RDONLY|O_CLOEXEC) = 3', ['file.read app>host /etc/app.conf seen']],
    ['with pids in brackets', '[pid  12] open("/etc/a", O_RDONLY) = 3', ['file.read app>host /etc/a seen']],
    [
      'with pids and times',
      '12 10:00:00.000001 openat(AT_FDCWD, "/etc/a", O_RDONLY) = 3',
      ['file.read app>host /etc/a seen'],
    ],
    ['of the base system', 'openat(AT_FDCWD, "/usr/lib/x.so", O_RDONLY) = 3', []],
    ['that is not there', 'openat(AT_FDCWD, "/etc/a", O_RDONLY) = -1 ENOENT (No such file or directory)', []],
    [
      'that was refused',
      'openat(AT_FDCWD, "/etc/a", O_RDONLY) = -1 EACCES (Permission denied)',
      ['file.read app>host /etc/a unknown'],
    ],
    [
      'a relative path, by -y',
      'openat(AT_FDCWD</srv/x>, "../a", O_RDONLY) = 3</srv/a>',
      ['file.read app>host /srv/a seen'],
    ],
    [
      'a relative path, after chdir',
      'chdir("/srv/x") = 0\nopen("a", O_RDONLY) = 3',
      ['file.read app>host /srv/x/a seen'],
    ],
    ['a folder', 'openat(AT_FDCWD, "/srv", O_RDONLY|O_DIRECTORY) = 3', ['file.list app>host /srv seen']],
    ['escapes', 'open("/srv/\\303\\244 \\"b\\"", O_RDONLY) = 3', ['file.read app>host /srv/ä "b" seen']],
    [
      'a call that was interrupted',
      '1 open("/srv/a",  <unfinished ...>\n2 open("/srv/b", O_RDONLY) = 3\n1 <... open resumed>O_RDONLY) = 4',
      ['file.read app>host /srv/a seen', 'file.read app>host /srv/b seen'],
    ],
    [
      'a unix socket',
      'connect(3, {sa_family=AF_UNIX, sun_path="/run/x.sock"}, 110) = 0\nconnect(4, {sa_family=AF_UNIX, sun_path=@"y"}, 4) = 0',
      ['unix.connect app>host /run/x.sock seen', 'unix.connect app>host @y seen'],
    ],
    [
      'TCP, and names',
      'connect(3, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (x)\n' +
        'connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 0\n' +
        'connect(3, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = 0',
      [
        'tcp.connect app>host 127.0.0.1:5432 seen',
        'tcp.connect app>net [2001:db8::1]:80 seen',
        'udp.send app>net 10.0.0.1:53 seen',
      ],
    ],
    [
      'its own server',
      'bind(3, {sa_family=AF_INET, sin_port=htons(99), sin_addr=inet_addr("0.0.0.0")}, 16) = 0\n' +
        'connect(4, {sa_family=AF_INET, sin_port=htons(99), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
      [],
    ],
    ['a program', 'execve("/opt/x", ["x", "-v"], 0x7ffe /* 20 vars */) = 0', ['program.start app>host /opt/x seen']],
    ['what it changes', 'openat(AT_FDCWD, "/srv/log", O_WRONLY|O_APPEND) = 3', ['file.read app>host /srv/log seen']],
    ['shared memory', 'openat(AT_FDCWD, "/dev/shm/seg", O_RDWR) = 3', ['memory.open app>host /seg seen']],
  ])('%s', async (_, text, expected) => expect(await rulesOf(text)).toEqual(expected));

  test('two traces show what varies', async () => {
    const trace = (n: number) => `open("/srv/in-${n}.txt", O_RDONLY) = 3\nopen("/srv/conf", O_RDONLY) = 3`;
    expect(await rulesOf(trace(4711), trace(815))).toEqual([
      'file.read app>host /srv/conf seen',
      'file.read app>host /srv/in-{uint}.txt seen',
    ]);
  });
});

describe('audit logs', () => {
  const line = (rest: string, verdict = 'ALLOWED') =>
    `type=AVC msg=audit(1700000000.123:7): apparmor="${verdict}" profile="/usr/bin/man" pid=5 comm="man" ${rest}`;
  test.each<[string, string, string[]]>([
    [
      'AppArmor, complaining',
      line('operation="open" name="/srv/a" requested_mask="r"'),
      ['file.read man>host /srv/a seen'],
    ],
    [
      'AppArmor, denying',
      line('operation="open" name="/srv/a" requested_mask="r"', 'DENIED'),
      ['file.read man>host /srv/a unknown'],
    ],
    [
      'a name in hex',
      line('operation="open" name=2F7372762F6120C3A4 requested_mask="r"'),
      ['file.read man>host /srv/a ä seen'],
    ],
    ['a program', line('operation="exec" name="/opt/x" requested_mask="x"'), ['program.start man>host /opt/x seen']],
    [
      'D-Bus',
      line('operation="dbus_method_call" bus="session" path="/o" interface="i.f" member="M" name="org.x"'),
      ['dbus.call man>host session org.x /o i.f.M seen'],
    ],
    [
      'a profile that was loaded',
      'audit: type=1400 audit(1.1:1): apparmor="STATUS" operation="profile_load" name="x"',
      [],
    ],
    [
      'SELinux',
      'type=AVC msg=audit(1.2:3): avc:  denied  { read open } for  pid=9 comm="httpd" path="/srv/a" scontext=u:r:httpd_t:s0 tclass=file permissive=1',
      ['file.read httpd-t>host /srv/a seen'],
    ],
  ])('%s', async (_, text, expected) => {
    if (expected.length === 0)
      await expect(rulesOf(text)).rejects.toMatchObject({ problem: { code: 'TRACE_UNKNOWN' } });
    else expect(await rulesOf(text)).toEqual(expected);
  });
});

describe('MXC denials.json', () => {
  const file = {
    resourceType: 'file',
    path: 'C:\\data\\a.txt',
    accessType: 'read',
    pid: 7,
    timestamp: '2026-05-23T16:30:00Z',
  };
  test.each<[string, string]>([
    ['a list', JSON.stringify([file])],
    [
      'under a key',
      JSON.stringify({ serviceVersion: '0.1.0', events: [{ ...file, path: undefined, objectName: file.path }] }),
    ],
    ['one a line', `${JSON.stringify(file)}\n${JSON.stringify(file)}\n`],
  ])('%s', async (_, text) => expect(await rulesOf(text)).toEqual(['file.read app>host C:\\data\\a.txt unknown']));

  test('network', async () => {
    expect(await rulesOf(JSON.stringify([{ resourceType: 'network', path: 'example.com:443' }]))).toEqual([
      'tcp.connect app>net example.com:443 unknown',
    ]);
  });
});

test('what is no trace is refused', async () => {
  await expect(rulesOf('hello\n')).rejects.toMatchObject({ problem: { code: 'TRACE_UNKNOWN' } });
  await expect(rulesOf('{"a":[1]}')).rejects.toMatchObject({ problem: { code: 'TRACE_UNKNOWN' } });
});
