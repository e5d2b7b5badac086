// Records so many rows into a folder, in a process that a test may kill or starve: <folder> <rows> wait | copy <to>
import { cpSync } from 'node:fs';
import { Recorder } from '../../../dist/tracer/record/recorder.js';
import { beginRun } from '../../../dist/tracer/record/run_info.js';

const [folder, rows, then, to] = process.argv.slice(2);
const host = { kernel: 'test', machine: 'test' };
const started = new Date().toISOString();
beginRun(folder, { shuttle: '0.1.0', id: 'child', system: 'test', mode: 'allow', started, host, vms: {} });
const recorder = await Recorder.open(folder, { slots: 4, rows: 1024 });
const { kept } = await recorder.native.selfTest({ rows: Number(rows), names: 100 });
if (then === 'wait') {
  const stored = () => Object.values(recorder.native.ledger().ledger).reduce((sum, line) => sum + line.stored, 0);
  while (stored() < Number(rows)) await new Promise((resolve) => setTimeout(resolve, 20));
  process.stdout.write('stored\n');
  setInterval(() => {}, 1000);
} else {
  const ledger = await recorder.close();
  cpSync(folder, to, { recursive: true });
  process.stdout.write(JSON.stringify({ ledger, kept, complete: recorder.complete, problems: recorder.problems }));
}
