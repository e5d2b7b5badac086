// Arguments of landrun, which confines a program by the kernel's Landlock: a shell script a VM.
import { printPattern } from '../../analyzer/pattern/text.js';
import { shellWord } from '../../native/contract/shell_word.js';
import { parentOf } from '../../tracer/vm/paths.js';
import { MACHINE, PRIVATE, SETTINGS, SYSTEM_FOLDERS } from '../../tracer/vm/system_folders.js';
import { addressOf } from './address.js';
import { type Finding, reason } from './finding.js';
import { placeOf } from './paths.js';
import { type Grant, isBase, literalOf, type Reading, type Subject } from './reading.js';
import { commandOf, headOf } from './script.js';
import type { Target } from './target.js';
import { baseFinding, type Said, tellAll } from './teller.js';

export const landlock: Target = {
  name: 'landlock',
  summary: 'a script that starts the program under landrun',
  systems: 'linux',
  of: 'vm',
  file: (subject, reading) => `${reading.system.replace(/[^\w-]/g, '_')}-${subject.vm.name}.landrun.sh`,
  write(subject, reading) {
    const rules = tellAll(subject, {
      keeps: [],
      refusing: 'never',
      say: (grant) => sayRule(grant, subject),
      covers: isBase,
    });
    const findings = [...baseOf(subject), ...rules];
    return { text: script(subject, reading, findings), findings };
  },
};

// landrun takes a comma for the end of a name.
const option = (name: string, path: string): string | null =>
  /[,\0\n]/.test(path) ? null : `--${name} ${shellWord(path)}`;

function sayRule(grant: Grant, subject: Subject): Said {
  const { op, rule } = grant;
  switch (op.slice(0, op.indexOf('.'))) {
    case 'file':
    case 'library':
      return sayFile(grant, subject);
    case 'device':
    case 'pipe':
      return sayPath(grant, 'rw');
    case 'tcp':
      return sayPort(grant);
    case 'udp':
    case 'dns':
      return { says: [], wider: [reason('LEFT_OPEN', 'UDP')] };
    case 'unix':
      if (typeof rule.object[0] === 'string' && rule.object[0].startsWith('@'))
        return {
          says: ['--unrestricted-scoped'],
          wider: [reason('ANY_OF', 'abstract socket, and signals to every process')],
        };
      return op === 'unix.serve' ? { unsaid: reason('NO_WORD', op) } : sayPath(grant, 'unix');
    case 'queue':
      return { says: [], wider: [reason('LEFT_OPEN', 'POSIX queues')] };
    case 'memory': {
      const [first, ...others] = rule.object;
      if (typeof first !== 'string' || !first.startsWith('/'))
        return { says: [], wider: [reason('LEFT_OPEN', 'System V memory')] };
      return sayPath({ op, rule: { ...rule, object: [`/dev/shm${first}`, ...others] } }, 'rw');
    }
    default:
      return { unsaid: reason('NO_WORD', op) };
  }
}

function sayPath({ rule }: Grant, name: string): Said {
  const place = placeOf(rule.object, printPattern);
  if ('unsaid' in place) return place;
  const said = option(name, place.path);
  return said === null ? { unsaid: reason('NO_NAME', place.path) } : { says: [said], wider: place.wider };
}

/** What is made or deleted is a matter of its folder. */
function sayFile(grant: Grant, { opsOn }: Subject): Said {
  const { op, rule } = grant;
  if (op === 'file.read' || op === 'library.load') return sayPath(grant, 'rox');
  if (op === 'file.list') {
    const said = sayPath(grant, 'ro');
    return 'unsaid' in said ? said : { ...said, wider: [reason('FOLDER', printPattern(rule.object))] };
  }
  const place = placeOf(rule.object, printPattern);
  if ('unsaid' in place) return place;
  if (op === 'file.write' && literalOf(rule.object) !== null) {
    const reads = opsOn({ allow: true, object: rule.object }).has('file.read');
    const said = sayPath(grant, 'rw');
    return 'unsaid' in said || reads ? said : { ...said, wider: [reason('PLUS_READ')] };
  }
  const folder = literalOf(rule.object) === null ? place.path : parentOf(place.path);
  const said = folder === '/' ? null : option('rw', folder);
  return said === null ? { unsaid: reason('NO_NAME', folder) } : { says: [said], wider: [reason('FOLDER', folder)] };
}

function sayPort({ op, rule }: Grant): Said {
  const { port } = addressOf(rule.object);
  if (port === null) return { unsaid: reason('NO_PATTERN', printPattern(rule.object)) };
  const name = op === 'tcp.serve' ? 'bind-tcp' : 'connect-tcp';
  return { says: [`--${name} ${port}`], wider: [reason('ANY_HOST', String(port))] };
}

function baseOf(subject: Subject): Finding[] {
  const { vm, own } = subject;
  const shared = [...PRIVATE.map(({ at }) => at).filter((at) => at !== '/run'), '/dev/shm'];
  return [
    baseFinding('the base system', [
      ...SYSTEM_FOLDERS.map((path) => `--rox ${path}`),
      ...[SETTINGS, ...MACHINE].map((path) => `--ro ${path}`),
    ]),
    baseFinding(
      'the machine',
      ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'pts'].map((one) => `--rw /dev/${one}`),
    ),
    baseFinding('its own processes', ['--ro /proc'], { wider: [reason('SHARED', '/proc')] }),
    baseFinding(
      'places of its own to write in',
      shared.map((path) => `--rw ${path}`),
      {
        wider: [reason('SHARED', shared.join(', '))],
      },
    ),
    baseFinding('everything else', [], {
      wider: [reason('LEFT_OPEN', 'UDP, System V and POSIX queues, and whatever Landlock has no rights for')],
    }),
    ...(own === null ? [] : [pathFinding('its own folder', 'rox', own)]),
    ...Object.entries(vm.mounts).map(([to, from]) =>
      to === from
        ? {
            ...pathFinding(`mount ${to}`, 'rox', to),
            fidelity: 'narrower' as const,
            reasons: [reason('READ_ONLY', to)],
          }
        : baseFinding(`mount ${to}`, [], { unsaid: reason('OTHER_PLACE', `${from} at ${to}`) }),
    ),
    ...subject.offers.flatMap(offerFinding),
  ];
}

function pathFinding(object: string, name: string, path: string): Finding {
  const said = option(name, path);
  return said === null ? baseFinding(object, [], { unsaid: reason('NO_NAME', path) }) : baseFinding(object, [said]);
}

function offerFinding({ rule, op }: Grant): Finding[] {
  const { port } = addressOf(rule.object);
  if (!op.startsWith('tcp.') || port === null) return [];
  return [baseFinding(`serving port ${port}`, [`--bind-tcp ${port}`], { wider: [reason('ANY_HOST', String(port))] })];
}

function script({ vm, cwd, command }: Subject, reading: Reading, findings: readonly Finding[]): string {
  const said = [...new Set(findings.flatMap(({ says }) => says))];
  const names = Object.keys(vm.env).filter((name) => /^\w+$/.test(name));
  const env = ['PATH', 'HOME', 'LANG', 'TERM', ...names].map((name) => `--env ${name}`);
  const options = ['--ignore-missing', ...said, ...new Set(env)];
  return [
    ...headOf(reading, vm.name),
    ...(cwd === null ? [] : [`cd ${shellWord(cwd)}`]),
    ...names.map((name) => `export ${name}=${shellWord(vm.env[name]!)}`),
    commandOf('exec landrun', [...options, `-- ${command.map(shellWord).join(' ')} "$@"`]),
    '',
  ].join('\n');
}
