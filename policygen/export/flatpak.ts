// Arguments of `flatpak override` for a program that runs as a Flatpak application, and those of xdg-dbus-proxy, which
// says D-Bus rules more exactly than the override does.
import { printPattern } from '../../analyzer/pattern/text.js';
import { shellWord } from '../../native/contract/shell_word.js';
import { parseObject } from '../../tracer/dbus/object.js';
import { policyOf } from '../../tracer/dbus/policy.js';
import { isAtOrBelow } from '../../tracer/vm/paths.js';
import { type Finding, reason } from './finding.js';
import { placeOf } from './paths.js';
import { type Grant, literalOf, type Reading, type Subject } from './reading.js';
import { commandOf, headOf } from './script.js';
import type { Target } from './target.js';
import { baseFinding, type Said, tellAll } from './teller.js';

export const flatpak: Target = {
  name: 'flatpak',
  summary: 'flatpak override and xdg-dbus-proxy arguments',
  systems: 'linux',
  of: 'vm',
  file: (subject, reading) => `${reading.system.replace(/[^\w-]/g, '_')}-${subject.vm.name}.flatpak.sh`,
  write(subject, reading) {
    const rules = tellAll(subject, { keeps: [], refusing: 'wins', say: (grant) => sayRule(grant, subject) });
    const base = [
      baseFinding('the base system', [], { narrower: [reason('RESERVED', 'the base system')] }),
      ...(subject.offers.some(({ op }) => /^(tcp|udp)[.]/.test(op))
        ? [baseFinding('serving', ['--share=network'], { wider: [reason('ANY_ADDRESS', 'the network')] })]
        : []),
    ];
    const findings = [...base, ...rules];
    return { text: script(subject, reading, findings), findings };
  },
};

function sayRule(grant: Grant, subject: Subject): Said {
  const { op, rule } = grant;
  const kind = op.slice(0, op.indexOf('.'));
  if (!rule.allow) return kind === 'file' || kind === 'unix' ? sayPath(grant, '') : { unsaid: reason('NO_WORD', op) };
  switch (kind) {
    case 'file':
    case 'library':
      return sayFile(grant, subject);
    case 'tcp':
    case 'udp':
    case 'dns':
      return { says: ['--share=network'], wider: [reason('ANY_ADDRESS', 'the network, and every abstract socket')] };
    case 'unix': {
      if (typeof rule.object[0] === 'string' && rule.object[0].startsWith('@'))
        return { says: ['--share=network'], wider: [reason('ANY_ADDRESS', 'the network, and every abstract socket')] };
      return op === 'unix.serve' ? { unsaid: reason('NO_WORD', op) } : sayPath(grant, ':ro');
    }
    case 'memory':
      return { says: ['--device=shm'], wider: [reason('SHARED', '/dev/shm')] };
    case 'device':
      return sayDevice(grant);
    case 'dbus':
      return sayBus(grant);
    default:
      return { unsaid: reason('NO_WORD', op) };
  }
}

// What Flatpak never takes from the host: the runtime has its own.
const RESERVED = [
  '/app',
  '/bin',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/proc',
  '/root',
  '/sbin',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
  '/run/flatpak',
  '/run/host',
];

function sayPath({ rule }: Grant, mode: string): Said {
  const place = placeOf(rule.object, printPattern);
  if ('unsaid' in place) return place;
  const { path } = place;
  if (RESERVED.some((folder) => isAtOrBelow(path, folder))) return { unsaid: reason('RESERVED', path) };
  // Its own file of overrides parts names by semicolons, and modes by colons.
  if (UNSAYABLE.test(path)) return { unsaid: reason('NO_NAME', path) };
  const word = rule.allow ? `--filesystem=${path}${mode}` : `--nofilesystem=${path}`;
  return { says: [shellWord(word)], wider: place.wider };
}

function sayFile(grant: Grant, { opsOn }: Subject): Said {
  const { op, rule } = grant;
  if (op === 'file.read' || op === 'library.load') return sayPath(grant, ':ro');
  if (op === 'file.list') {
    const said = sayPath(grant, ':ro');
    return 'unsaid' in said ? said : { ...said, wider: [reason('FOLDER', printPattern(rule.object))] };
  }
  if (op !== 'file.write') return { unsaid: reason('NO_WORD', op) };
  const said = sayPath(grant, ':rw');
  const reads = opsOn({ allow: true, object: rule.object }).has('file.read');
  return 'unsaid' in said || reads ? said : { ...said, wider: [...(said.wider ?? []), reason('PLUS_READ')] };
}

function sayDevice({ rule }: Grant): Said {
  const name = literalOf(rule.object) ?? '';
  if (name === '/dev/kvm') return { says: ['--device=kvm'] };
  if (name.startsWith('/dev/dri/')) return { says: ['--device=dri'], wider: [reason('ANY_DEVICE', name)] };
  return { says: ['--device=all'], wider: [reason('ANY_DEVICE', printPattern(rule.object))] };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAYABLE = /[:;\\\0-\x1f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAYABLE_LINE = /[\0-\x1f\x7f]/;
const WELL_KNOWN = /^[A-Za-z_-][\w-]*(\.[A-Za-z_-][\w-]*)+$/;

function sayBus({ op, rule }: Grant): Said {
  const [first] = rule.object;
  const text = typeof first === 'string' ? first : '';
  const object = parseObject(literalOf(rule.object) ?? text.replace(/ .*$/s, ''));
  if (object === null || !WELL_KNOWN.test(object.name)) return { unsaid: reason('NO_NAME', printPattern(rule.object)) };
  const bus = object.bus === 'system' ? 'system-' : '';
  if (op === 'dbus.own') return { says: [`--${bus}own-name=${object.name}`] };
  return { says: [`--${bus}talk-name=${object.name}`], wider: [reason('ANY_MEMBER', object.member ?? '')] };
}

function script(subject: Subject, reading: Reading, findings: readonly Finding[]): string {
  // Of two words on one path the later counts.
  const words = [...new Set(findings.flatMap(({ says }) => says))];
  const isNo = (word: string) => /^'?--nofilesystem=/.test(word);
  const said = [...words.filter((word) => !isNo(word)), ...words.filter(isNo)];
  const rules = [...new Set(subject.grants.map(({ rule }) => rule))];
  const proxies = (['session', 'system'] as const).flatMap((bus) => {
    const { args } = policyOf(rules, subject.vm.name, bus);
    if (args.length === 0) return [];
    const address = bus === 'session' ? '"$DBUS_SESSION_BUS_ADDRESS"' : 'unix:path=/run/dbus/system_bus_socket';
    const words = [
      `${address} "\${XDG_RUNTIME_DIR:?}/shuttle-${bus}-bus"`,
      '--filter',
      ...args.filter((one) => !UNSAYABLE_LINE.test(one)).map(shellWord),
    ];
    return [
      '',
      `# The same for a program beside Flatpak, to the letter: the ${bus} bus as it may see it.`,
      `# ${words
        .map((one) => `\\\n#   ${one}`)
        .join(' ')
        .replace(/^/, 'xdg-dbus-proxy ')}`,
    ];
  });
  return [
    ...headOf(reading, subject.vm.name),
    '[ $# -eq 1 ] || { echo "usage: $0 APPLICATION-ID" >&2; exit 2; }',
    'application=$1',
    'flatpak override --user --reset "$application"',
    commandOf('flatpak override --user', [
      '--unshare=network',
      '--unshare=ipc',
      '--nofilesystem=host',
      '--nofilesystem=home',
      ...said,
      '"$application"',
    ]),
    ...proxies,
    '',
  ].join('\n');
}
