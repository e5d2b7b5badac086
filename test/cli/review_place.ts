// A folder with a system file and three recorded runs of it, for tests of `shuttle review`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Row, writeRun } from '../analyzer/write_run.js';

export const FILE = `# The orders system.
shuttle: 1
system: orders
main: app
vms:
  app: { program: ['C:\\app\\app.exe'] } # what customers see
  db: { program: [/opt/db] }
rules:
  # the only way to the orders
  - id: app-db
    allow: tcp.connect
    from: app
    to: db
    object: 127.0.0.1:5544
    state: proposed
    needed: proven
    evidence: { runs: 3, of: 3, times: 41 }
  - { id: job, allow: unix.connect, from: db, to: app, object: '/run/job-{word}.sock', needed: seen, evidence: { runs: 2, of: 3, times: 2 } }
  - { id: shop, allow: tcp.connect, from: app, to: net, object: 'shop.example:443', needed: seen, evidence: { runs: 1, of: 3, times: 1 } } # why?
  - { id: conf, allow: file.read, from: db, to: host, object: /etc/orders/main.conf, needed: seen, evidence: { runs: 3, of: 3, times: 9 } }
  - { id: name, allow: dns.resolve, from: app, to: net, object: shop.example, state: accepted, decided: { by: ann, at: 2026-11-22T09:00:00Z } }
`;

/** Writes the file and the runs into `folder`; the file's path. */
export function placeReview(folder: string, text = FILE): string {
  mkdirSync(folder, { recursive: true });
  const row = (vm: string, peer: string, op: string, object: string, more: Row = {}): Row => ({
    vm,
    peer,
    op,
    object,
    ...more,
  });
  for (const run of [0, 1, 2]) {
    const id = `20261122T10150${run}Z-000${run}`;
    writeRun(join(folder, '.shuttle/runs/orders', id), {
      id,
      started: `2026-11-22T10:15:0${run}.000Z`,
      vms: {
        app: { program: ['C:\\app\\app.exe'], windows: 'win10', exit_code: 0, variables: {} },
        db: { program: ['/opt/db'], exit_code: 0, variables: {} },
      },
      interactions: [
        row('app', 'db', 'tcp.connect', '127.0.0.1:5544', { channel: 1, image: 'C:\\app\\app.exe' }),
        row('db', 'host', 'file.read', '/etc/orders/main.conf', { image: '/opt/db' }),
        ...(run < 2 ? [row('db', 'app', 'unix.connect', `/run/job-${run}7.sock`, { image: '/opt/db' })] : []),
        ...(run === 0 ? [row('app', 'net', 'tcp.connect', 'shop.example:443', { image: 'C:\\app\\app.exe' })] : []),
        ...(run === 2 ? [row('db', 'host', 'file.read', '/etc/orders/local.conf', { image: '/opt/db' })] : []),
      ],
      payloads: [
        {
          channel: 1,
          ts: 5,
          direction: 0,
          size: 26,
          bytes: new TextEncoder().encode('select * from \u001b[31morders;'),
        },
      ],
    });
  }
  const file = join(folder, 'orders.shuttle.yaml');
  writeFileSync(file, text);
  return file;
}
