// Service units, one a VM. The root is an empty folder in memory into which the base system and what rules grant are bound,
// so that, as in a VM, nothing else exists.
import { MACHINE, SETTINGS, SYSTEM_FOLDERS } from '../../../tracer/vm/system_folders.js';
import { addressOf } from '../address.js';
import { type Finding, reason } from '../finding.js';
import { type Grant, isBase, literalOf, type Reading, type Subject } from '../reading.js';
import type { Target } from '../target.js';
import { baseFinding, tellAll } from '../teller.js';
import { commandWord, environmentWord, oneLine, pathWord } from './quote.js';
import { sayRule } from './rules.js';

const unitOf = (reading: Pick<Reading, 'system'>, vm: string): string =>
  `shuttle-${reading.system.replace(/[^\w-]/g, '_')}-${vm}.service`;

export const systemd: Target = {
  name: 'systemd',
  summary: 'a hardened service unit',
  systems: 'linux',
  of: 'vm',
  file: (subject, reading) => unitOf(reading, subject.vm.name),
  write(subject, reading) {
    const opsOn = ({ rule: { object } }: Grant) => subject.opsOn({ allow: true, object });
    const rules = tellAll(subject, {
      keeps: [],
      refusing: 'wins',
      say: (grant) => sayRule(grant, opsOn),
      covers: isBase,
    });
    const findings = [...baseOf(subject), ...rules];
    return { text: unit(subject, reading, findings), findings };
  },
};

/** Without capabilities, devices, namespaces or a way to change the machine, as every VM is. */
const WALL = [
  'NoNewPrivileges=yes',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'SecureBits=noroot-locked',
  'PrivateDevices=yes',
  'DevicePolicy=closed',
  'ProtectProc=invisible',
  'ProcSubset=pid',
  'PrivateIPC=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'RestrictNamespaces=yes',
  'RestrictSUIDSGID=yes',
  'RestrictRealtime=yes',
  'LockPersonality=yes',
  'KeyringMode=private',
  'RemoveIPC=yes',
  'UMask=0077',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service ptrace',
  'SystemCallErrorNumber=ENOSYS',
];

function baseOf(subject: Subject): Finding[] {
  const { vm, own } = subject;
  const shown = [...SYSTEM_FOLDERS, SETTINGS, ...MACHINE].map((path) => `BindReadOnlyPaths=-${path}`);
  const root = ['TemporaryFileSystem=/', 'TemporaryFileSystem=/dev/shm', 'MountAPIVFS=yes', 'PrivateTmp=yes'];
  return [
    baseFinding('the wall', WALL),
    baseFinding('the base system, and places of its own to write in', [...root, ...shown]),
    ...(own === null ? [] : [bound('its own folder', own, own)]),
    ...Object.entries(vm.mounts).map(([to, from]) => ({
      ...bound(`mount ${to}`, from, to),
      fidelity: 'narrower' as const,
      reasons: [reason('READ_ONLY', to)],
    })),
    ...(subject.windows ? [] : subject.offers.flatMap(offerFinding)),
  ];
}

function bound(object: string, from: string, to: string): Finding {
  const words = [pathWord(from), pathWord(to)];
  if (words.includes(null) || [from, to].some((path) => path.includes(':')))
    return baseFinding(object, [], { unsaid: reason('NO_NAME', words[0] === null ? from : to) });
  const whole = from === to ? from : `${from}:${to}`;
  const word = pathWord(whole)!;
  return baseFinding(object, [
    word.startsWith('"') ? `BindReadOnlyPaths="-${word.slice(1)}` : `BindReadOnlyPaths=-${word}`,
  ]);
}

function offerFinding({ rule, op }: Grant): Finding[] {
  const { port, loopback } = addressOf(rule.object);
  if (!/^(tcp|udp)[.]/.test(op) || port === null) return [];
  const says = [`SocketBindAllow=${op.slice(0, 3)}:${port}`, ...(loopback ? ['IPAddressAllow=localhost'] : [])];
  const wider = [reason('ANY_HOST', String(port)), ...(loopback ? [reason('ANY_PORT', 'this machine')] : [])];
  return [baseFinding(`serving ${literalOf(rule.object) ?? ''}`, says, { wider })];
}

const UNIT_SETTING = /^JoinsNamespaceOf=/;

function unit(subject: Subject, reading: Reading, findings: readonly Finding[]): string {
  const { vm } = subject;
  const lines = findings.flatMap(({ says }) => says);
  const joins = lines.filter((one) => UNIT_SETTING.test(one)).map((one) => one.split('=')[1]!);
  const after = [...new Set([...vm.after, ...joins])].map((name) => unitOf(reading, name));
  return [
    `# Made by shuttle export from ${oneLine(reading.file)}: what ${vm.name} may do.`,
    '[Unit]',
    `Description=${oneLine(reading.system)}: ${vm.name}`,
    ...(after.length > 0 ? [`After=${after.join(' ')}`, `Wants=${after.join(' ')}`] : []),
    ...[...new Set(joins)].map((name) => `JoinsNamespaceOf=${unitOf(reading, name)}`),
    '',
    '[Service]',
    `ExecStart=${subject.command.map(commandWord).join(' ')}`,
    ...(subject.cwd === null ? [] : [`WorkingDirectory=-${oneLine(subject.cwd)}`]),
    ...Object.entries(vm.env).map(([name, value]) => `Environment=${environmentWord(`${name}=${value}`)}`),
    ...(vm.user === null ? [] : [`User=${oneLine(vm.user)}`]),
    '',
    ...blocks(findings),
    '# The network.',
    ...networkOf(lines),
    '',
  ].join('\n');
}

function blocks(findings: readonly Finding[]): string[] {
  const seen = new Set<string>();
  return findings.flatMap(({ rule, object, says }) => {
    const own = says.filter((one) => !UNIT_SETTING.test(one) && !isNetwork(one) && !seen.has(one) && seen.add(one));
    return own.length === 0 ? [] : [`# ${rule ?? oneLine(object)}`, ...own, ''];
  });
}

const isNetwork = (line: string): boolean => /^(IPAddress|SocketBind|PrivateNetwork)/.test(line);

/** No address and no port, but those said; no network at all where none is. */
function networkOf(lines: readonly string[]): string[] {
  const said = [...new Set(lines.filter(isNetwork))].sort();
  if (said.length === 0) return ['PrivateNetwork=yes', 'RestrictAddressFamilies=AF_UNIX'];
  const addresses = said.filter((one) => one !== 'PrivateNetwork=no');
  return [
    `RestrictAddressFamilies=AF_UNIX${addresses.length > 0 ? ' AF_INET AF_INET6' : ''}`,
    'IPAddressDeny=any',
    'SocketBindDeny=any',
    ...addresses,
  ];
}
