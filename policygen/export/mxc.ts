// Configurations of Microsoft's MXC, contract 1.0.0: processcontainer for Windows programs, bubblewrap for Linux ones.
import { printPattern } from '../../analyzer/pattern/text.js';
import type { Pattern } from '../../native/contract/rules.js';
import { shellWord } from '../../native/contract/shell_word.js';
import { MACHINE, SETTINGS, SYSTEM_FOLDERS } from '../../tracer/vm/system_folders.js';
import { addressOf } from './address.js';
import { type Finding, reason } from './finding.js';
import { placeOf } from './paths.js';
import type { Grant, Subject } from './reading.js';
import type { Target } from './target.js';
import { baseFinding, type Said, tellAll } from './teller.js';

/** What a rule adds to the configuration: the list and the entry, as JSON, so that findings can tell it. */
type Entry =
  | { at: 'readonlyPaths' | 'readwritePaths' | 'deniedPaths'; path: string }
  | { at: 'egress'; cidr: string; protocol: string; port: number | null }
  | { at: 'ingress' | 'hostLoopback' }
  | { at: 'clipboard'; way: 'read' | 'write' }
  | { at: 'injection' | 'windows' };

export const mxc: Target = {
  name: 'mxc',
  summary: "a configuration of Microsoft's MXC",
  systems: 'any',
  of: 'vm',
  file: (subject, reading) => `${reading.system.replace(/[^\w-]/g, '_')}-${subject.vm.name}.mxc.json`,
  write(subject) {
    const entries: Entry[] = [];
    const add = (entry: Entry): string => {
      entries.push(entry);
      return JSON.stringify(entry);
    };
    const findings = [
      ...baseOf(subject, add),
      ...tellAll(subject, { keeps: [], refusing: 'wins', say: (grant) => sayRule(grant, subject, add) }),
    ];
    return { text: `${JSON.stringify(configuration(subject, entries), null, 2)}\n`, findings };
  },
};

type Add = (entry: Entry) => string;

function baseOf({ vm, windows, own, offers }: Subject, add: Add): Finding[] {
  const base = windows
    ? []
    : [...SYSTEM_FOLDERS, SETTINGS, ...MACHINE].map((path) => add({ at: 'readonlyPaths', path }));
  return [
    baseFinding('the base system', base),
    ...(own === null ? [] : [ownFinding(own, add)]),
    ...Object.entries(vm.mounts).map(([to, from]) =>
      to === from
        ? baseFinding(`mount ${to}`, [add({ at: 'readonlyPaths', path: to })], { narrower: [reason('READ_ONLY', to)] })
        : baseFinding(`mount ${to}`, [], { unsaid: reason('OTHER_PLACE', `${from} at ${to}`) }),
    ),
    ...(offers.some(({ op }) => /^(tcp|udp)[.]/.test(op))
      ? [
          baseFinding('serving', [add({ at: 'ingress' }), add({ at: 'hostLoopback' })], {
            wider: [reason('ANY_PORT', 'this machine, in both directions')],
          }),
        ]
      : []),
  ];
}

function ownFinding(own: string, add: Add): Finding {
  const says = sayable(own) ? [add({ at: 'readonlyPaths', path: own })] : [];
  return baseFinding('its own folder', says, says.length > 0 ? {} : { unsaid: reason('NO_NAME', own) });
}

function sayRule(grant: Grant, subject: Subject, add: Add): Said {
  const { op, rule } = grant;
  const [kind, verb] = op.split('.') as [string, string];
  if (!rule.allow) return sayRefusal(grant, kind, subject, add);
  switch (kind) {
    case 'file':
    case 'library':
      return sayFile(grant, subject, add);
    case 'tcp':
    case 'udp':
      return verb === 'serve' ? sayServe(add) : sayEgress(grant, kind, add);
    case 'clipboard':
      return {
        says: [add({ at: 'clipboard', way: verb === 'write' ? 'write' : 'read' })],
        wider: [reason('ANY_FORMAT', printPattern(rule.object))],
      };
    case 'window':
      if (verb !== 'input')
        return { says: [add({ at: 'windows' })], wider: [reason('ANY_OF', 'window of the desktop')] };
      return { says: [add({ at: 'injection' })], wider: [reason('ANY_OF', 'window of the desktop')] };
    default:
      return { unsaid: reason('NO_WORD', op) };
  }
}

/** Paths of Windows are put into the form that folders are found in. */
function windowsPlace(pattern: Pattern): ReturnType<typeof placeOf> {
  const slashed = pattern.map((part) => (typeof part === 'string' ? `${part.replaceAll('\\', '/')}` : part));
  const [first] = slashed;
  if (typeof first !== 'string' || !/^[A-Za-z]:\//.test(first))
    return { unsaid: reason('NO_PATTERN', printPattern(pattern)) };
  const place = placeOf([`/${first}`, ...slashed.slice(1)], printPattern);
  if ('unsaid' in place) return place;
  const path = place.path.slice(1).replaceAll('/', '\\');
  if (/^[A-Za-z]:$/.test(path)) return { unsaid: reason('NO_PATTERN', printPattern(pattern)) };
  return { path, wider: place.wider.map(({ code }) => reason(code, path)) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x1f]/;

const sayable = (path: string): boolean => !CONTROLS.test(path) && !path.includes('*');

function sayPath(
  { rule }: Grant,
  { windows }: Subject,
  at: 'readonlyPaths' | 'readwritePaths' | 'deniedPaths',
  add: Add,
): Said {
  const place = windows ? windowsPlace(rule.object) : placeOf(rule.object, printPattern);
  if ('unsaid' in place) return place;
  if (!sayable(place.path)) return { unsaid: reason('NO_NAME', place.path) };
  return { says: [add({ at, path: place.path })], wider: place.wider };
}

function sayRefusal(grant: Grant, kind: string, subject: Subject, add: Add): Said {
  if (kind === 'file' || kind === 'library') return sayPath(grant, subject, 'deniedPaths', add);
  return { unsaid: reason('NO_WORD', grant.op) };
}

function sayFile(grant: Grant, subject: Subject, add: Add): Said {
  const { op, rule } = grant;
  if (op === 'file.create' || op === 'file.delete') {
    const said = sayPath(grant, subject, 'readwritePaths', add);
    return 'unsaid' in said
      ? said
      : { ...said, wider: [...(said.wider ?? []), reason('PLUS_READ'), reason('PLUS_WRITE')] };
  }
  const at = op === 'file.write' ? 'readwritePaths' : 'readonlyPaths';
  const said = sayPath(grant, subject, at, add);
  if ('unsaid' in said) return said;
  const plus =
    op === 'file.list'
      ? [reason('FOLDER', printPattern(rule.object))]
      : op === 'file.write'
        ? [reason('PLUS_READ')]
        : [];
  return { ...said, wider: [...(said.wider ?? []), ...plus] };
}

const sayServe = (add: Add): Said => ({
  says: [add({ at: 'ingress' }), add({ at: 'hostLoopback' })],
  wider: [reason('ANY_PORT', 'this machine, in both directions')],
});

function sayEgress({ rule }: Grant, protocol: string, add: Add): Said {
  const { host, port, family, loopback } = addressOf(rule.object);
  if (loopback)
    return { says: [add({ at: 'hostLoopback' })], wider: [reason('ANY_PORT', 'this machine, in both directions')] };
  if (host === null) return { unsaid: reason('NO_PATTERN', printPattern(rule.object)) };
  if (family === 'name') return { unsaid: reason('NO_HOSTS', host) };
  const cidr = `${host}/${family === 4 ? 32 : 128}`;
  return {
    says: [add({ at: 'egress', cidr, protocol, port })],
    wider: port === null ? [reason('ANY_PORT', host)] : [],
  };
}

function configuration({ vm, windows, cwd, command }: Subject, entries: readonly Entry[]): unknown {
  const paths = (at: Entry['at']) => [
    ...new Set(entries.flatMap((one) => (one.at === at && 'path' in one ? [one.path] : []))),
  ];
  const has = (at: Entry['at']) => entries.some((one) => one.at === at);
  const ways = new Set(entries.flatMap((one) => (one.at === 'clipboard' ? [one.way] : [])));
  const readwritePaths = paths('readwritePaths');
  const allow = entries.flatMap((one) =>
    one.at === 'egress'
      ? [
          {
            to: [{ cidr: one.cidr }],
            ports: [{ protocol: one.protocol, ...(one.port === null ? {} : { port: one.port }) }],
          },
        ]
      : [],
  );
  const env = Object.entries(vm.env).map(([name, value]) => `${name}=${value}`);
  return {
    version: '1.0.0',
    containment: windows ? 'processcontainer' : 'bubblewrap',
    process: {
      commandLine: command.map(windows ? windowsWord : shellWord).join(' '),
      ...(cwd === null ? {} : { cwd }),
      ...(env.length === 0 ? {} : { env, inheritDefaultEnv: true }),
    },
    filesystem: {
      readonlyPaths: paths('readonlyPaths').filter((path) => !readwritePaths.includes(path)),
      readwritePaths,
      deniedPaths: paths('deniedPaths'),
    },
    network: {
      egress: { default: 'deny', ...(allow.length > 0 ? { allow } : {}) },
      ingress: { default: has('ingress') ? 'allow' : 'deny', hostLoopback: has('hostLoopback') ? 'allow' : 'deny' },
    },
    ...(windows
      ? {
          ui: {
            disable: ways.size === 0 && !has('injection') && !has('windows'),
            clipboard: ways.size === 2 ? 'all' : ([...ways][0] ?? 'none'),
            isolation: has('windows') ? 'desktop' : 'container',
            injection: has('injection'),
          },
        }
      : {}),
  };
}

/** A word of a Windows command line: backslashes count double before a quote only. */
export function windowsWord(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
