import { expect, test } from 'vitest';
import { HostFiles } from '../../analyzer/host_files.js';
import { Namespace } from '../../analyzer/namespace.js';
import { readPattern } from '../../analyzer/pattern/text.js';

const groupOf = (fold: boolean) => ({ to: 'db', op: 'unix.connect', fold, names: [] });

const names = new Namespace(['/run/a-1', '/run/a-2', '/run/a-x', '/run/b-1', '/tmp/a-1', '/run/A-3']);

test.each<[string, string[], boolean, number]>([
  ['/run/a-{uint}', ['/run/a-1'], false, 1],
  ['/run/a-{word}', [], false, 3],
  ['/run/a-{uint}', ['/run/a-1'], true, 2],
  ['{rest}', [], false, 6],
  ['/nowhere/{rest}', [], false, 0],
])('%s beside %j', (pattern, own, fold, also) => {
  const members = own.map((name) => ({ name }));
  expect(names.beside(readPattern(pattern), members, groupOf(fold))).toBe(also);
});

test('pricing ends where nobody would read on', () => {
  const many = new Namespace(Array.from({ length: 2000 }, (_, n) => `/x/${n}`));
  for (let n = 0; n < 3000 && many.isOpen; n++) many.beside(readPattern('/x/{uint}'), [], groupOf(false));
  expect(many.isOpen).toBe(false);
});

// Folders with what is in them; a name with a slash at its end is a folder's.
const DISK: Record<string, string[]> = {
  '/etc/app': ['red.conf', 'blue.conf', 'green.conf', 'notes.txt', 'keys/'],
  '/etc/app/keys': ['one.conf'],
  '/home/ann': ['.apprc', '.ssh/'],
  '/home/ann/.ssh': ['id_rsa'],
};

const disk = (folder: string) =>
  (DISK[folder] ?? []).map((name) => ({ name: name.replace('/', ''), isDirectory: () => name.endsWith('/') }));

const bound = (token: string) => (token === 'home' ? ['/home/ann'] : []);

test.each<[string, string[]]>([
  ['/etc/app/{word}.conf', ['/etc/app/blue.conf', '/etc/app/green.conf', '/etc/app/red.conf']],
  ['/etc/app/{name}/{word}.conf', ['/etc/app/keys/one.conf']],
  [
    '/etc/app/{rest}.conf',
    ['/etc/app/blue.conf', '/etc/app/green.conf', '/etc/app/keys/one.conf', '/etc/app/red.conf'],
  ],
  ['{home}/{name}', ['/home/ann/.apprc']],
  ['{home}/{rest}', ['/home/ann/.apprc']],
  ['/nowhere/{name}', []],
  ['C:\\etc\\{name}', []],
])('files of the host that %s admits', (pattern, expected) => {
  expect(new HostFiles(['/home/ann/.ssh'], disk).matching(readPattern(pattern), bound)).toEqual(expected);
});

test('a price counts files of the host that no run knows', () => {
  const known = new Namespace(['/etc/app/red.conf', '/etc/app/blue.conf'], new HostFiles([], disk));
  const members = [{ name: '/etc/app/red.conf' }];
  const group = { to: 'host', op: 'file.read', fold: false, names: [] };
  expect(known.beside(readPattern('/etc/app/{word}.conf'), members, group)).toBe(2);
  expect(known.beside(readPattern('/etc/app/{word}.conf'), members, { ...group, to: 'db' })).toBe(1);
});
