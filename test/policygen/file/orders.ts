// The design's example of a system file, and pieces to make others of.
export const ORDERS = String.raw`shuttle: 1
system: orders
main: app                      # its exit ends a run, and its exit code is the run's
vms:
  db:
    setup: [['C:\pgsql\bin\initdb.exe', '-D', 'C:\data', '-U', 'postgres']]   # once in the life of the VM's layer
    program: ['C:\pgsql\bin\pg_ctl.exe', 'start', '-D', 'C:\data', '-o', '-p 5544']
    windows: win10
    mounts: { 'C:\pgsql': ./pgsql }                      # host folders, copy-on-write
    ready: tcp.serve 127.0.0.1:5544                       # start those that come after it, when this was seen
  app:
    program: ['C:\node\node.exe', 'orders.js']
    after: [db]
    env: { PGPORT: '5544' }
check: node check.mjs          # optional: run on the host after the run; non-zero means the run failed
rules:
  - id: app-db
    allow: tcp.connect
    from: app                  # a VM, or vm:image
    to: db                     # a VM, host, net, or host:image
    object: 127.0.0.1:5544
    state: accepted            # proposed, accepted, refused
    needed: proven             # proven (the run fails without it), seen, unknown
    evidence: { runs: 5, of: 5, times: 41, first: 2026-11-22T10:00:00Z, last: 2026-11-22T11:00:00Z }
`;

/** A file with two Linux VMs and these lines as its rules. */
export const withRules = (...lines: string[]): string =>
  [
    'shuttle: 1',
    'main: app',
    'vms:',
    '  db: { program: [/bin/db] }',
    '  app: { program: [/bin/app] }',
    'rules:',
    ...lines,
    '',
  ].join('\n');
