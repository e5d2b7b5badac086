// A box of Sandboxie-Plus, one a VM: everything is closed (privacy mode), and rules open holes.
import { printPattern } from '../../analyzer/pattern/text.js';
import { printable } from '../../native/contract/printable.js';
import type { Pattern } from '../../native/contract/rules.js';
import { addressOf } from './address.js';
import { anyOf, type Finding, type Reason, reason } from './finding.js';
import { type Grant, literalOf, type Reading, type Subject } from './reading.js';
import type { Target } from './target.js';
import { baseFinding, type Key, type Said, tellAll } from './teller.js';

export const sandboxie: Target = {
  name: 'sandboxie',
  summary: 'a box of Sandboxie-Plus',
  systems: 'windows',
  of: 'vm',
  file: (subject, reading) => `${boxOf(reading, subject.vm.name)}.ini`,
  write(subject, reading) {
    const findings = [
      baseFinding('the wall', [
        'Enabled=y',
        'UsePrivacyMode=y',
        'UseRuleSpecificity=y',
        'BlockNetParam=y',
        'DropAdminRights=y',
        'NetworkAccess=*,Block',
      ]),
      ...(subject.grants.some(({ op, rule }) => op.startsWith('clipboard.') && rule.allow)
        ? []
        : [baseFinding('the clipboard', ['OpenClipboard=n'])]),
      ...Object.entries(subject.vm.mounts).map(([to]) => pathFinding(`mount ${to}`, 'NormalFilePath', `${to}\\`)),
      ...tellAll(subject, { keeps: [], refusing: 'wins', say: sayRule }),
    ];
    return { text: box(subject, reading, findings), findings };
  },
};

/** Names of boxes are letters, digits and underscores. */
const boxOf = (reading: Pick<Reading, 'system'>, vm: string): string => `${reading.system}_${vm}`.replace(/\W/g, '_');

function sayRule(grant: Grant): Said {
  const { op, rule } = grant;
  const [kind, verb] = op.split('.') as [string, string];
  switch (kind) {
    case 'file':
    case 'library':
      return sayFile(grant, verb);
    case 'pipe':
    case 'mailslot':
      return verb === 'serve'
        ? none(op)
        : sayName(grant, rule.allow ? 'OpenPipePath' : 'ClosedFilePath', deviceName(rule.object));
    case 'mutex':
    case 'event':
    case 'semaphore':
    case 'timer':
    case 'memory':
      return sayName(grant, rule.allow ? 'OpenIpcPath' : 'ClosedIpcPath', kernelName(rule.object));
    case 'registry':
      return sayRegistry(grant, verb);
    case 'window':
      return verb === 'find' || verb === 'send' ? sayWindow(grant) : none(op);
    case 'com':
      return rule.allow && literalOf(rule.object) !== null
        ? { says: [`OpenClsid=${literalOf(rule.object)}`] }
        : none(op);
    case 'clipboard':
      return rule.allow
        ? {
            says: ['OpenClipboard=y'],
            wider: [
              reason('ANY_FORMAT', printPattern(rule.object)),
              verb === 'read' ? reason('PLUS_WRITE') : reason('PLUS_READ'),
            ],
          }
        : none(op);
    case 'tcp':
    case 'udp':
      return verb === 'serve' ? none(op) : sayNetwork(grant, kind);
    default:
      return none(op);
  }
}

const none = (op: string): Said => ({ unsaid: reason('NO_WORD', op) });
const PROGRAM = /^[\w.+ -]+$/;

/** The program it holds for, before the name; a `*` stands for every one. */
const programOf = ({ rule }: Grant): string =>
  rule.fromImage !== null && PROGRAM.test(rule.fromImage) ? `${rule.fromImage},` : '';
const keepsOf = (grant: Grant): readonly Key[] => (programOf(grant) === '' ? [] : ['image']);

interface Star {
  text: string;
  wider: Reason[];
}

// What would begin another setting, another field, a variable, or be taken for any text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAYABLE = /[\0-\x1f\x7f%*?,;|"<>]|^\s|\s$/;

/** A pattern with stars. Sandboxie puts one at the end of a name that has none. */
function starOf(pattern: Pattern): Star | null {
  const wider: Reason[] = [];
  const texts = pattern.map((part) => {
    if (typeof part === 'string') return part;
    if (part.token !== 'rest') wider.push(anyOf(part));
    return '*';
  });
  const literals = pattern.filter((part) => typeof part === 'string');
  if (literals.length === 0 || literals.some((one) => UNSAYABLE.test(one))) return null;
  const text = texts.join('');
  return text.includes('*') ? { text, wider } : { text, wider: [reason('BEGINNING', text)] };
}

function sayName(grant: Grant, setting: string, pattern: Pattern | null): Said {
  const star = pattern === null ? null : starOf(pattern);
  if (star === null) return { unsaid: reason('NO_NAME', printPattern(grant.rule.object)) };
  return { says: [`${setting}=${programOf(grant)}${star.text}`], wider: star.wider, keeps: keepsOf(grant) };
}

function sayFile(grant: Grant, verb: string): Said {
  const [first] = grant.rule.object;
  if (typeof first !== 'string' || !/^[A-Za-z]:\\/.test(first))
    return { unsaid: reason('NO_NAME', printPattern(grant.rule.object)) };
  if (!grant.rule.allow) return sayName(grant, 'ClosedFilePath', grant.rule.object);
  // Copy-on-write, as a rule for reading is.
  if (verb === 'read' || verb === 'list' || verb === 'load') return sayName(grant, 'NormalFilePath', grant.rule.object);
  const said = sayName(grant, 'OpenFilePath', grant.rule.object);
  const plus =
    verb === 'write' ? [reason('PLUS_READ'), reason('PLUS_MAKE')] : [reason('PLUS_READ'), reason('PLUS_WRITE')];
  return 'unsaid' in said ? said : { ...said, wider: [...(said.wider ?? []), ...plus] };
}

function replaced([first, ...others]: Pattern, from: RegExp, to: string): Pattern | null {
  return typeof first === 'string' && from.test(first) ? [first.replace(from, () => to), ...others] : null;
}

const deviceName = (pattern: Pattern): Pattern | null =>
  replaced(pattern, /^\\\\\.\\pipe\\/i, '\\Device\\NamedPipe\\') ??
  replaced(pattern, /^\\\\\.\\mailslot\\/i, '\\Device\\Mailslot\\');

/** `Local\x` lies below the session, whose number is known in a run only: it stands in the name as a token. */
const kernelName = (pattern: Pattern): Pattern | null => {
  const global = replaced(pattern, /^Global\\/i, '\\BaseNamedObjects\\');
  const local = replaced(pattern, /^Local\\/i, '\\BaseNamedObjects\\');
  return global ?? (local === null ? null : ['\\Sessions\\', { token: 'uint' }, ...local]);
};

const ROOTS: readonly [RegExp, string][] = [
  [/^HKLM\\/i, 'HKEY_LOCAL_MACHINE\\'],
  [/^HKCU\\/i, 'HKEY_CURRENT_USER\\'],
  [/^HKU\\/i, 'HKEY_USERS\\'],
];

/** It knows keys, no values. */
function sayRegistry(grant: Grant, verb: string): Said {
  const [first, ...others] = grant.rule.object;
  const split = typeof first === 'string' ? first.indexOf('\\\\') : -1;
  const key: Pattern = split < 0 || typeof first !== 'string' ? grant.rule.object : [first.slice(0, split)];
  const path = ROOTS.map(([from, to]) => replaced(key, from, to)).find((one) => one !== null) ?? null;
  const setting = !grant.rule.allow ? 'ClosedKeyPath' : verb === 'write' ? 'OpenKeyPath' : 'NormalKeyPath';
  const said = sayName(grant, setting, path);
  const plus = [
    ...(split < 0 && others.length >= 0 ? [] : [reason('FOLDER', printPattern(key))]),
    ...(verb === 'write' ? [reason('PLUS_READ')] : []),
  ];
  return 'unsaid' in said ? said : { ...said, wider: [...(said.wider ?? []), ...plus] };
}

function sayWindow(grant: Grant): Said {
  const name = literalOf(grant.rule.object);
  if (!grant.rule.allow) return none(grant.op);
  if (name === null || UNSAYABLE.test(name) || name === '')
    return { unsaid: reason('NO_PATTERN', printPattern(grant.rule.object)) };
  return {
    says: [`OpenWinClass=${programOf(grant)}${name}`],
    wider: grant.op === 'window.find' ? [reason('ANY_MESSAGE', 'finding it')] : [],
    keeps: keepsOf(grant),
  };
}

function sayNetwork(grant: Grant, kind: string): Said {
  const { host, port, family } = addressOf(grant.rule.object);
  if (host === null && port === null) return { unsaid: reason('NO_PATTERN', printPattern(grant.rule.object)) };
  if (family === 'name') return { unsaid: reason('NO_HOSTS', host ?? '') };
  const who = programOf(grant) || '*,';
  const parts = [
    port === null ? '' : `;Port=${port}`,
    host === null ? '' : `;Address=${host}`,
    `;Protocol=${kind.toUpperCase()}`,
  ];
  const wider = [
    ...(port === null ? [reason('ANY_PORT', host ?? '')] : []),
    ...(host === null ? [reason('ANY_HOST', String(port))] : []),
  ];
  return {
    says: [`NetworkAccess=${who}${grant.rule.allow ? 'Allow' : 'Block'}${parts.join('')}`],
    wider,
    keeps: keepsOf(grant),
  };
}

function pathFinding(object: string, setting: string, path: string): Finding {
  if (UNSAYABLE.test(path)) return baseFinding(object, [], { unsaid: reason('NO_NAME', path) });
  return baseFinding(object, [`${setting}=${path}`]);
}

function box({ vm }: Subject, reading: Reading, findings: readonly Finding[]): string {
  const seen = new Set<string>();
  const lines = findings.flatMap(({ rule, object, says }) => {
    const own = says.filter((one) => !seen.has(one) && seen.add(one));
    return own.length === 0 ? [] : [`# ${rule ?? printable(object)}`, ...own];
  });
  return [
    `# Made by shuttle export from ${printable(reading.file)}: what ${vm.name} may do.`,
    `[${boxOf(reading, vm.name)}]`,
    ...lines,
    '',
  ].join('\n');
}
