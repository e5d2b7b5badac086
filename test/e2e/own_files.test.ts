// What every VM has of its own: never another VM's, however busy the machine is with renaming.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, runVms, type VmProgram } from './engine_vm.js';

const LIBRARY = '/wine/dosdevices/c:/windows/rpcrt4.dll';

// A rename anywhere makes the kernel give up a look-up that leads through `..`, as that of Wine's drives does.
const STORM = `
const { renameSync, writeFileSync } = require('node:fs');
const { workerData: folder } = require('node:worker_threads');
writeFileSync(folder + '/one/file', '');
for (;;) {
  renameSync(folder + '/one/file', folder + '/other/file');
  renameSync(folder + '/other/file', folder + '/one/file');
}`;

describe('a file of the base prefix', () => {
  let folder: string;
  let storm: Worker;
  let base: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shuttle-own-'));
    base = join(folder, 'base');
    for (const name of ['base/drive_c/windows', 'base/dosdevices', 'one', 'other'])
      mkdirSync(join(folder, name), { recursive: true });
    symlinkSync('../drive_c', join(base, 'dosdevices/c:'));
    writeFileSync(join(base, 'drive_c/windows/rpcrt4.dll'), 'library\n');
    writeFileSync(join(base, 'drive_c/windows/other.dll'), 'library\n');
    storm = new Worker(STORM, { eval: true, workerData: folder });
  });
  afterAll(async () => {
    await storm.terminate();
    rmSync(folder, { recursive: true, force: true });
  });

  const vm = (name: string, program: string): VmProgram => ({
    name,
    program: ['/bin/sh', '-c', program],
    extra: {
      steps: [{ do: 'overlay', to: '/wine', lower: [base], upper: null, work: null, volatile: true }],
      zones: [{ path: '/wine', zone: 'own', from: base }],
    },
  });
  const others = (ran: Outcome) => ran.rows.filter((row) => row.vm === 'app' && row.object.includes('windows'));
  const fifo = 'mkfifo /tmp/up; ';
  const served = { ready: 'pipe.serve' as const };

  test.each(['allow', 'enforce'] as const)('is read as its own in the mode %s', async (mode) => {
    const reading = `i=0; while [ $i -lt 4000 ]; do read line < ${LIBRARY} || exit 1; i=$((i+1)); done; echo $line`;
    const ran = await runVms([{ ...vm('db', `${fifo}sleep 60`), ...served }, vm('app', reading)], { mode });
    expect(ran.output.app).toBe('library\n');
    expect(others(ran)).toEqual([]);
  });

  test('that a VM took away is not to be had from one that still has it', async () => {
    const taking = `rm ${LIBRARY}; read line < ${LIBRARY}; read line < /wine/drive_c/windows/other.dll; echo got $line`;
    const ran = await runVms([{ ...vm('db', `${fifo}sleep 60`), ...served }, vm('app', taking)]);
    expect(ran.output.app).toContain('got library');
    expect(others(ran)).toEqual([]);
  });

  test('that a VM changed is its own, and others may ask for it', async () => {
    const changing = `echo changed > ${LIBRARY}; echo new > /wine/drive_c/windows/new.dll; ${fifo}sleep 60`;
    const asking = `rm ${LIBRARY}; read one < ${LIBRARY}; read other < /wine/drive_c/windows/new.dll; echo $one $other`;
    const ran = await runVms([{ ...vm('db', changing), ...served }, vm('app', asking)]);
    expect(ran.output.app).toBe('changed new\n');
    expect(others(ran).map((row) => [row.op, row.peer, row.verdict])).toEqual([
      ['library.load', 'db', 'shuttled'],
      ['library.load', 'db', 'shuttled'],
    ]);
  });
});
