// A system file for tests: two VMs, and rules given as text.
import type { SystemFile } from '../../../policygen/file/model.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';

const PLAIN =
  '{ id: plain, allow: tcp.connect, from: app, to: db, object: "127.0.0.1:5544", evidence: { runs: 1, of: 1 } }';

export function system(...rules: string[]): SystemFile {
  const lines = [
    'shuttle: 1',
    'system: orders',
    'main: app',
    'vms:',
    "  app: { program: ['C:\\app\\app.exe'] }",
    '  db: { program: [/bin/db] }',
    'rules:',
    ...(rules.length > 0 ? rules : [PLAIN]).map((rule) => `  - ${rule}`),
  ];
  return parseSystemFile(lines.join('\n'), 'orders.shuttle.yaml');
}
