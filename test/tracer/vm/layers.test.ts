import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commitLayer, diffLayer } from '../../../tracer/vm/layer_diff.js';
import {
  copyLayer,
  holdLayer,
  type LayerKey,
  layerFolder,
  listLayers,
  removeLayer,
  resetLayer,
} from '../../../tracer/vm/layers.js';
import { heldBy, takeLock } from '../../../tracer/vm/lock.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'shuttle-layers-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const key = (more: Partial<LayerKey> = {}): LayerKey => ({
  systemFile: '/p/a.shuttle.yaml',
  vm: 'app',
  kind: 'learn',
  ...more,
});
const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const code = (error: unknown) => (error as { problem: { code: string } }).problem.code;
const thrown = (task: () => unknown): unknown => {
  try {
    task();
  } catch (error) {
    return error;
  }
  return null;
};

describe('a layer', () => {
  test('is one for each system file, VM and kind', () => {
    const folders = [key(), key({ vm: 'db' }), key({ kind: 'enforce' }), key({ systemFile: '/q/a.shuttle.yaml' })];
    expect(new Set(folders.map((one) => layerFolder(state, one))).size).toBe(4);
  });

  test('is used by one run at a time', () => {
    const held = holdLayer(state, key(), me);
    expect(code(thrown(() => holdLayer(state, key(), me)))).toBe('VM_IN_USE');
    expect(listLayers(state).map((layer) => layer.usedBy)).toEqual([process.pid]);
    const [layer] = listLayers(state);
    expect(code(thrown(() => resetLayer(layer!)))).toBe('VM_IN_USE');
    held.release();
    holdLayer(state, key(), me).release();
  });

  test('remembers its setup until it is reset', () => {
    const held = holdLayer(state, key(), me);
    expect(held.setup.done('[["x"]]')).toBe(false);
    held.setup.note('[["x"]]');
    held.release();
    const again = holdLayer(state, key(), me);
    expect(again.setup.done('[["x"]]')).toBe(true);
    expect(again.setup.done('[["y"]]')).toBe(false);
    again.release();
    resetLayer(listLayers(state)[0]!);
    const reset = holdLayer(state, key(), me);
    expect(reset.setup.done('[["x"]]')).toBe(false);
    reset.release();
  });

  test('is removed also where folders are closed', () => {
    const held = holdLayer(state, key(), me);
    mkdirSync(join(held.place.work, 'opt/0/work/incompat'), { recursive: true });
    chmodSync(join(held.place.work, 'opt/0/work'), 0);
    held.release();
    removeLayer(listLayers(state)[0]!);
    expect(listLayers(state)).toEqual([]);
  });

  test('goes over to another kind by copying alone', () => {
    const held = holdLayer(state, key(), me);
    mkdirSync(join(held.place.upper, 'opt'));
    writeFileSync(join(held.place.upper, 'opt/x'), 'learnt');
    held.setup.note('s');
    held.release();
    copyLayer(state, listLayers(state)[0]!, key({ kind: 'enforce' }));
    const copy = holdLayer(state, key({ kind: 'enforce' }), me);
    expect(readFileSync(join(copy.place.upper, 'opt/x'), 'utf8')).toBe('learnt');
    expect(copy.place.written).toEqual(['opt']);
    expect(copy.setup.done('s')).toBe(true);
    copy.release();
  });

  test('that cannot be made is one clear problem', () => {
    writeFileSync(join(state, 'layers'), '');
    expect(code(thrown(() => holdLayer(state, key(), me)))).toBe('LAYER_UNWRITABLE');
  });
});

describe('a lock', () => {
  test('outlives not its holder, killed though he is', async () => {
    const file = join(state, 'lock');
    const child = spawn('sleep', ['60']);
    const { pid } = child;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    writeFileSync(file, `${pid} ${start} ${boot}`);
    expect(heldBy(file)).toBe(pid);
    expect(takeLock(file)).toEqual({ holder: pid });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(heldBy(file)).toBe(null);
    const lock = takeLock(file);
    expect('release' in lock).toBe(true);
  });

  test.each(['', 'nonsense', '1', '-1 0 x', `${process.pid} 0 x`])('of %j is nobody’s', (text) => {
    const file = join(state, 'lock');
    writeFileSync(file, text);
    expect('release' in takeLock(file)).toBe(true);
  });
});

describe('changes', () => {
  // A host and an upper over it, and what each name is.
  const build = () => {
    const host = join(state, 'host');
    const folder = join(state, 'layer');
    const upper = join(folder, 'upper', 'data');
    mkdirSync(join(host, 'sub'), { recursive: true });
    mkdirSync(join(upper, 'sub'), { recursive: true });
    mkdirSync(join(upper, 'fresh/deep'), { recursive: true });
    mkdirSync(join(upper, 'secret'));
    writeFileSync(join(host, 'old'), 'old');
    writeFileSync(join(host, 'sub/gone'), '');
    writeFileSync(join(upper, 'old'), 'new!');
    writeFileSync(join(upper, 'sub/more'), 'more');
    writeFileSync(join(upper, 'fresh/deep/x'), 'x', { mode: 0o755 });
    writeFileSync(join(upper, 'secret/key'), 'k');
    symlinkSync('deep/x', join(upper, 'fresh/link'));
    const from = (path: string) => (path === '/data' || path.startsWith('/data/') ? host + path.slice(5) : null);
    return { host, folder, changes: diffLayer(folder, from) };
  };

  test('are told by path, against the host', () =>
    expect(build().changes.map(({ path, what, kind }) => `${what} ${kind} ${path}`)).toEqual([
      'created folder /data/fresh',
      'created folder /data/fresh/deep',
      'created file /data/fresh/deep/x',
      'created link /data/fresh/link',
      'changed file /data/old',
      'created folder /data/secret',
      'created file /data/secret/key',
      'created file /data/sub/more',
    ]));

  test('are brought to the host, but what is hidden only by name', () => {
    const { host, folder, changes } = build();
    commitLayer(folder, changes, me, ['/data/secret']);
    expect(readFileSync(join(host, 'old'), 'utf8')).toBe('new!');
    expect(readFileSync(join(host, 'fresh/link'), 'utf8')).toBe('x');
    expect(readFileSync(join(host, 'sub/more'), 'utf8')).toBe('more');
    expect(existsSync(join(host, 'secret'))).toBe(false);
    commitLayer(folder, changes, me, ['/data/secret'], ['/data/secret/key']);
    expect(readFileSync(join(host, 'secret/key'), 'utf8')).toBe('k');
  });
});

// Only root runs VMs as somebody else.
test.skipIf(me.uid !== 0)('a layer goes with its VM to another user', () => {
  const first = holdLayer(state, key(), { uid: 1000, gid: 1000 });
  const [own, systems, link] = ['own', 'systems', 'link'].map((name) => join(first.place.upper, '%2Fhome', name));
  mkdirSync(join(first.place.upper, '%2Fhome'));
  for (const file of [own!, systems!]) writeFileSync(file, '');
  symlinkSync('/etc/passwd', link!);
  for (const path of [join(first.place.upper, '%2Fhome'), own!, link!]) lchownSync(path, 1000, 1000);
  first.release();
  const second = holdLayer(state, key(), { uid: 1001, gid: 1002 });
  const owner = (path: string) => [lstatSync(path).uid, lstatSync(path).gid];
  const { upper, work } = second.place;
  for (const path of [upper, work, join(upper, '%2Fhome'), own!, link!]) expect(owner(path)).toEqual([1001, 1002]);
  expect(owner(systems!)).toEqual([0, 0]);
  expect(owner('/etc/passwd')).toEqual([0, 0]);
  second.release();
});
