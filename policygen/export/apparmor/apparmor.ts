// AppArmor profiles, one a VM, for AppArmor 3.0 and newer. They are named, not attached to a program's path: a path such as
// /usr/bin/node is many programs.

import { printable } from '../../../native/contract/printable.js';
import { shellWord } from '../../../native/contract/shell_word.js';
import { MACHINE, PRIVATE, SETTINGS, SYSTEM_FOLDERS } from '../../../tracer/vm/system_folders.js';
import { type Finding, reason } from '../finding.js';
import { type Grant, isBase, literalOf, type Reading, type Subject } from '../reading.js';
import type { Target } from '../target.js';
import { baseFinding, tellAll } from '../teller.js';
import { globOf, VARIABLES, variablesIn } from './glob.js';
import { sayRule } from './rules.js';

const profileOf = (reading: Pick<Reading, 'system'>, vm: string): string =>
  `shuttle-${reading.system.replace(/[^\w-]/g, '_')}-${vm}`;

export const apparmor: Target = {
  name: 'apparmor',
  summary: 'an AppArmor profile',
  systems: 'linux',
  of: 'vm',
  file: (subject, reading) => profileOf(reading, subject.vm.name),
  write(subject, reading) {
    const names = {
      profileOf: (vm: string) => profileOf(reading, vm),
      opsOn: ({ rule }: Grant) => subject.opsOn(rule),
    };
    const base = baseOf(subject, profileOf(reading, subject.vm.name));
    const rules = tellAll(subject, {
      keeps: [],
      refusing: 'wins',
      say: (grant) => sayRule(grant, names),
      kin: (op) =>
        /^file[.](write|create|delete)$/.test(op) ? 'writing' : op.replace(/[.].*/, '').replace('library', 'file'),
      covers: isBase,
    });
    const findings = [...base, ...rules];
    return { text: profile(subject, reading, findings), findings };
  },
};

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'pts/*'];

/** What every VM may do without a rule. Where a VM has a place of its own, the program gets the machine's. */
function baseOf(subject: Subject, name: string): Finding[] {
  const systems = SYSTEM_FOLDERS.map((folder) => folder.slice(1)).join(',');
  const shared = [...PRIVATE.map(({ at }) => at).filter((at) => at !== '/run'), '/dev/shm'];
  return [
    baseFinding('the base system', ['/ r,', `/{${systems}}/{,**} rmkix,`, `${SETTINGS}/{,**} rk,`]),
    baseFinding('the machine', [...MACHINE.map((path) => `${path}/{,**} r,`), `/dev/{${DEVICES.join(',')}} rw,`]),
    baseFinding('its own processes', ['/proc/{,*} r,', '/proc/sys/{,**} r,', 'owner /proc/[0-9]*/{,**} rw,'], {
      wider: [reason('SHARED', '/proc (of the same user)')],
    }),
    baseFinding('signals, sockets and traces among its own', [
      `signal (send, receive) peer="${name}",`,
      `ptrace (read, trace, readby, tracedby) peer="${name}",`,
      `unix peer=(label="${name}"),`,
      'unix (create, getattr, setattr, getopt, setopt, shutdown),',
    ]),
    baseFinding(
      'places of its own to write in',
      shared.map((path) => `owner ${path}/{,**} rwkl,`),
      {
        wider: [reason('SHARED', `${shared.join(', ')} (of the same user)`)],
      },
    ),
    ...ownFindings(subject),
    ...mountFindings(subject),
    ...subject.offers.flatMap(offerFinding),
  ];
}

/** The folder that is the program's own. */
function ownFindings({ own }: Subject): Finding[] {
  if (own === null) return [];
  const glob = globOf([own]);
  if (glob === null) return [baseFinding('its own folder', [], { unsaid: reason('NO_NAME', own) })];
  return [baseFinding('its own folder', [`${glob.text} rmkix,`, `${glob.text.slice(0, -1)}/{,**}" rmkix,`])];
}

function mountFindings({ vm }: Subject): Finding[] {
  return Object.entries(vm.mounts).map(([to, from]) => {
    if (to !== from) return baseFinding(`mount ${to}`, [], { unsaid: reason('OTHER_PLACE', `${from} at ${to}`) });
    const glob = globOf([from]);
    if (glob === null) return baseFinding(`mount ${to}`, [], { unsaid: reason('NO_NAME', from) });
    const says = [`${glob.text} rmkix,`, `${glob.text.slice(0, -1)}/{,**}" rmkix,`];
    return baseFinding(`mount ${to}`, says, { narrower: [reason('READ_ONLY', to)] });
  });
}

/** What others may reach in this VM it must be able to serve. */
function offerFinding({ rule, op }: Grant): Finding[] {
  const text = literalOf(rule.object) ?? '';
  if (/^(tcp|udp)[.]/.test(op)) {
    const type = op.startsWith('tcp') ? 'stream' : 'dgram';
    const says = [`network inet ${type},`, `network inet6 ${type},`];
    return [baseFinding(`serving ${text}`, says, { wider: [reason('ANY_ADDRESS', `network inet, inet6 ${type}`)] })];
  }
  const glob = op.startsWith('unix.') && !text.includes('\\') ? globOf(rule.object) : null;
  if (glob === null) return [];
  if (!text.startsWith('@')) return [baseFinding(`serving ${text}`, [`${glob.text} rwk,`], { wider: glob.wider })];
  return [baseFinding(`serving ${text}`, [`unix (bind, listen, accept, send, receive) addr=${glob.text},`])];
}

function profile({ vm, command }: Subject, reading: Reading, findings: readonly Finding[]): string {
  const name = profileOf(reading, vm.name);
  const said = findings.filter(({ says }) => says.length > 0);
  const lines = said.map(({ rule, object, says }) => [
    `  # ${rule === null ? printable(object) : rule}`,
    ...says.map((one) => `  ${one}`),
  ]);
  const variables = variablesIn(said.flatMap(({ says }) => says));
  return [
    `# Made by shuttle export from ${printable(reading.file)}: what ${vm.name} may do.`,
    `# Load it with apparmor_parser -r, then: aa-exec -p ${name} -- ${printable(command.map(shellWord).join(' '))}`,
    'abi <abi/3.0>,',
    '',
    ...variables.map((one) => `@{shuttle_${one}}=${VARIABLES[one]}`),
    ...(variables.length > 0 ? [''] : []),
    `profile ${name} {`,
    unique(lines).join('\n\n'),
    '}',
    '',
  ].join('\n');
}

/** Lines that rules share are said once, under the first; a rule's own stand together. */
function unique(blocks: readonly (readonly string[])[]): string[] {
  const seen = new Set<string>();
  const made: string[][] = [];
  for (const [head = '', ...lines] of blocks) {
    const left = lines.filter((one) => !seen.has(one) && seen.add(one));
    if (left.length === 0) continue;
    const last = made.at(-1);
    if (last?.[0] === head) last.push(...left);
    else made.push([head, ...left]);
  }
  return made.map((lines) => lines.join('\n'));
}
