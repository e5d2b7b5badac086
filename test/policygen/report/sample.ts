// Reports for tests: a small one, a crowded one of 200 nodes, and one whose every name tries to become markup.
import type { Crossing, Moment, Recorded } from '../../../analyzer/report/read.js';
import { classOfOp, type Op, type Verdict } from '../../../native/contract/words.js';
import { parseSystemFile } from '../../../policygen/file/parse.js';
import { type Report, reportOf } from '../../../policygen/report/model.js';

export const crossing = (given: Partial<Crossing> & { op: Op }): Crossing => ({
  vm: 'app',
  image: '/usr/bin/app',
  class: classOfOp(given.op),
  place: 'host',
  peer_image: null,
  name: '/x',
  verdict: 'shuttled',
  rule: null,
  times: 1,
  runs: 1,
  first: '2026-11-22T10:00:00Z',
  last: '2026-11-22T10:00:01Z',
  ...given,
});

const RUN = '20261122T101500Z-000';

function recordedOf(crossings: readonly Crossing[], vms: readonly string[], runs: number): Recorded {
  const names = Array.from({ length: runs }, (_, at) => `${RUN}${at}`);
  let known = 0;
  return {
    crossings: [...crossings],
    runs: names.map((run, at) => ({
      run,
      mode: 'allow',
      started: `2026-11-22T10:1${at}:00.000Z`,
      duration_ms: 1234,
      outcome: 'ok',
      complete: at > 0,
      lost: 0,
      interactions: 100,
      blocked: 2,
    })),
    moments: names.flatMap((run) => vms.flatMap((vm, at) => momentsOf(run, vm, at))),
    curve: names.map((run, at) => {
      const fresh = Math.round(40 / (at * at + 1));
      known += fresh;
      return { run, seen: 40 + at, fresh, known };
    }),
    evidence: [],
  };
}

const VERDICTS: readonly Verdict[] = ['passed', 'shuttled', 'redirected', 'blocked'];

const momentsOf = (run: string, vm: string, seed: number): Moment[] =>
  Array.from({ length: 40 }, (_, at) => ({
    run,
    vm,
    verdict: VERDICTS[(at * 7 + seed) % 11 < 7 ? at % 2 : (at + seed) % 4]!,
    bin: (at * 3 + seed * 5) % 120,
    times: 1 + ((at * 13 + seed * 29) % 60),
    span: 708_000_000,
  }));

const COVERAGE = {
  runs: 5,
  complete_runs: 4,
  classes: {
    all: { seen: 62, unseen_mass: 0.043, low: 64, high: 81 },
    dependency: { seen: 30, unseen_mass: 0.02, low: 30, high: 34 },
    ipc: { seen: 32, unseen_mass: 0.11, low: 34, high: null },
  },
  heldout: { denials_per_run: 1.4, low: 0.2, high: 2.6 },
  advice: 'About 4.3 % of what a run does is still unseen: 5 more runs would halve it.',
};

/** 12 VMs with 60 programs, and 140 things that they reach. */
export function crowded(): Report {
  const vms = ['web', 'shop', 'db', 'cache', 'mail', 'queue', 'search', 'auth', 'files', 'audit', 'batch', 'edge'];
  const OPS: readonly Op[] = [
    'tcp.connect',
    'unix.connect',
    'file.read',
    'program.start',
    'name.pass',
    'file.write',
    'dbus.call',
  ];
  const crossings = Array.from({ length: 260 }, (_, at): Crossing => {
    const vm = vms[at % 12]!;
    const op = OPS[at % 7]!;
    const place = at % 5 === 0 ? 'host' : at % 7 === 3 ? 'net' : vms[(at * 5 + 3) % 12]!;
    const target = at % 140;
    const names: Readonly<Record<string, string>> = {
      host: `/srv/data/${['orders', 'customers', 'logs'][target % 3]}/2026/part-${target}.csv`,
      net: `api-${target}.example.org:443`,
    };
    return crossing({
      vm,
      image: `/opt/${vm}/bin/${['serve', 'work', 'check', 'sync', 'tool'][Math.floor(at / 12) % 5]}`,
      op,
      place: place === vm ? 'host' : place,
      name: names[place === vm ? 'host' : place] ?? `127.0.0.1:${5000 + target}`,
      verdict: at % 13 === 0 ? 'blocked' : at % 11 === 0 ? 'redirected' : 'shuttled',
      times: 1 + ((at * 37) % 900),
      runs: 1 + (at % 5),
    });
  });
  const head = [
    'shuttle: 1',
    'system: warehouse',
    `main: ${vms[0]}`,
    'vms:',
    ...vms.map((vm) => `  ${vm}: { program: [/opt/${vm}/bin/serve] }`),
  ];
  const rules = Array.from(
    { length: 24 },
    (_, at) =>
      `  - { id: r${at}, allow: tcp.connect, from: ${vms[at % 12]}, to: ${vms[(at + 1) % 12]}, object: '127.0.0.1:${5000 + at}', state: ${['proposed', 'accepted', 'refused'][at % 3]}, evidence: { runs: 4, of: 5, times: 31 } }`,
  );
  const file = parseSystemFile([...head, 'rules:', ...rules].join('\n'), '/srv/warehouse.shuttle.yaml');
  return reportOf(file, recordedOf(crossings, vms, 5), COVERAGE);
}

export const SPITE = [
  '<script>document.title="owned"</script>',
  '"><img src=x onerror=document.title="owned">',
  '\' onmouseover=\'document.title="owned"',
  '</title></svg></script><script>document.title="owned"</script>',
  '</script><!--<script>',
  '<!-- --> ]]> &lt;b&gt; &#60;i&#62; {{7*7}}',
  'javascript:document.title="owned"',
  '</style><style>body{display:none}',
  '\u202egnp.exe\u2066\u2028\u2029\0\u001b[2J\n\r\t',
  '\ud800 half, and \udfff half',
  '| a | b |\n|---|---|\n`` ` ```',
  'a'.repeat(5000),
  '漢字かな混じり文'.repeat(20),
];

/** A system of which every name is hostile. */
export function hostile(): Report {
  const rules = SPITE.map((name, at) =>
    JSON.stringify({
      id: `r${at}`,
      allow: 'file.read',
      from: 'app',
      to: 'host',
      object: name.replace(/[{}]/g, '$&$&'),
      note: name.slice(0, 200),
      decided: { by: name.slice(0, 80), at: '2026-11-22T10:00:00Z' },
    }),
  );
  const text = [
    'shuttle: 1',
    'system: s',
    'main: app',
    'vms:',
    '  app: { program: [/opt/app] }',
    'rules:',
    ...rules.map((one) => `  - ${one}`),
  ].join('\n');
  const crossings = SPITE.flatMap((name, at) => [
    crossing({ op: 'file.read', image: name, name, rule: `r${at}`, peer_image: name }),
    crossing({ op: 'tcp.connect', name, place: 'net', verdict: 'blocked' }),
  ]);
  const recorded = recordedOf(crossings, ['app'], 2);
  const evidence = SPITE.map((name, at) => ({
    rule: `r${at}`,
    run: RUN,
    seq: at,
    vm: 'app',
    pid: 7,
    image: name,
    op: 'file.read' as const,
    name,
    peer: 'host',
    verdict: 'shuttled' as const,
    status: 0,
    source: 'engine',
    at: '2026-11-22T10:00:00Z',
  }));
  return reportOf(parseSystemFile(text, '/srv/s.shuttle.yaml'), { ...recorded, evidence }, COVERAGE);
}
