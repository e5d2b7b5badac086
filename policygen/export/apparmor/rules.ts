// One operation of a rule as lines of an AppArmor profile.
import { printPattern } from '../../../analyzer/pattern/text.js';
import type { Pattern } from '../../../native/contract/rules.js';
import { parseObject } from '../../../tracer/dbus/object.js';
import { addressOf } from '../address.js';
import { reason } from '../finding.js';
import { type Grant, literalOf } from '../reading.js';
import type { Said } from '../teller.js';
import { type Glob, globOf } from './glob.js';

export interface Names {
  /** The profile of another VM. */
  profileOf(vm: string): string;
  /** Operations that this VM has for the same name, of this rule or another. */
  opsOn(grant: Grant): ReadonlySet<string>;
}

export function sayRule(grant: Grant, names: Names): Said {
  const deny = grant.rule.allow ? '' : 'deny ';
  const [kind, verb] = grant.op.split('.') as [string, string];
  switch (kind) {
    case 'file':
      return sayFile(grant, deny, names);
    case 'library':
      return sayPath(grant, deny, 'mr');
    case 'device':
      return sayPath(grant, deny, 'rw');
    case 'unix':
      return sayUnix(grant, deny, names);
    case 'tcp':
    case 'udp':
      return sayNetwork(grant, deny, kind === 'tcp' ? 'stream' : 'dgram');
    case 'dns':
      return grant.rule.allow ? sayNetwork(grant, deny, 'dgram') : { unsaid: reason('NO_WORD', grant.op) };
    case 'memory':
      return sayShared(grant, deny, '/dev/shm');
    case 'semaphore':
      return sayShared(grant, deny, '/dev/shm/sem.');
    case 'pipe':
      return sayPath(grant, deny, 'rw', true);
    case 'dbus':
      return sayBus(grant, deny, verb);
    case 'program':
      return sayProgram(grant, deny, names);
    default:
      return { unsaid: reason('NO_WORD', grant.op) };
  }
}

const ends = (deny: string, glob: Glob, rights: string): string => `${deny}${glob.text} ${rights},`;
const unsayable = (pattern: Pattern): Said => ({ unsaid: reason('NO_NAME', printPattern(pattern)) });
const isPath = ([first]: Pattern): boolean => typeof first === 'string' && first.startsWith('/');

// Programs may run what they may read: as themselves, under the same profile. Refusals know no `ix`.
const reading = (deny: string): string => (deny === '' ? 'rmkix' : 'rmkx');

function sayFile(grant: Grant, deny: string, names: Names): Said {
  const { rule, op } = grant;
  if (op === 'file.list') return sayFolder(grant, deny);
  if (op === 'file.read') return sayPath(grant, deny, reading(deny));
  // `w` is writing, creating and deleting in one.
  const other = ['file.write', 'file.create', 'file.delete'].filter((one) => !names.opsOn(grant).has(one));
  const said = sayPath({ rule, op }, deny, 'wkl');
  if ('unsaid' in said || other.length === 0) return said;
  return { ...said, wider: [...(said.wider ?? []), reason(op === 'file.write' ? 'PLUS_MAKE' : 'PLUS_WRITE')] };
}

function sayPath({ rule }: Grant, deny: string, rights: string, socket = false): Said {
  const glob = isPath(rule.object) ? globOf(rule.object) : null;
  if (glob === null) return unsayable(rule.object);
  const wider = socket ? [...glob.wider, reason('PLUS_FILE')] : glob.wider;
  return { says: [ends(deny, glob, rights)], wider, narrower: glob.narrower };
}

/** A folder's own line ends in a slash, and lists it without opening what is in it. */
function sayFolder({ rule }: Grant, deny: string): Said {
  const [last] = rule.object.slice(-1);
  const slashed = typeof last === 'string' && !last.endsWith('/') ? [...rule.object, '/'] : rule.object;
  const glob = isPath(rule.object) ? globOf(slashed) : null;
  if (glob === null) return unsayable(rule.object);
  return { says: [ends(deny, glob, 'r')], wider: glob.wider, narrower: glob.narrower };
}

function sayUnix(grant: Grant, deny: string, names: Names): Said {
  const { rule, op } = grant;
  const [first] = rule.object;
  if (typeof first !== 'string' || !first.startsWith('@')) return sayPath(grant, deny, 'rw', true);
  const glob = first.includes('\\') ? null : globOf(rule.object);
  if (glob === null) return unsayable(rule.object);
  const peer = rule.to === 'host' || rule.to === 'net' ? '' : `label="${names.profileOf(rule.to)}", `;
  const does = op === 'unix.serve' ? 'create, bind, listen, accept, send, receive' : 'connect, send, receive';
  const where = op === 'unix.serve' ? `addr=${glob.text}` : `peer=(${peer}addr=${glob.text})`;
  return { says: [`${deny}unix (${does}) ${where},`], wider: glob.wider, narrower: glob.narrower, keeps: ['owner'] };
}

const FAMILIES = { 4: ['inet'], 6: ['inet6'], name: ['inet', 'inet6'] };

/** AppArmor knows families of addresses; a refusal that took a whole family away would be no refusal of one address. */
function sayNetwork({ rule, op }: Grant, deny: string, type: 'stream' | 'dgram'): Said {
  if (deny !== '') return { unsaid: reason('NO_WORD', op) };
  const families = FAMILIES[addressOf(rule.object).family ?? 'name'];
  const says = families.map((family) => `network ${family} ${type},`);
  return { says, wider: [reason('ANY_ADDRESS', says.map((one) => one.slice(0, -1)).join(' and '))] };
}

/** POSIX names are files of /dev/shm. */
function sayShared({ rule, op }: Grant, deny: string, folder: string): Said {
  const [first, ...others] = rule.object;
  if (typeof first !== 'string' || !first.startsWith('/')) return { unsaid: reason('NO_WORD', op) };
  const name = folder.endsWith('.') ? first.slice(1) : first;
  const glob = globOf([folder + name, ...others]);
  if (glob === null) return unsayable(rule.object);
  return { says: [ends(deny, glob, 'rwk')], wider: glob.wider, narrower: glob.narrower };
}

function sayBus({ rule }: Grant, deny: string, verb: string): Said {
  const text = literalOf(rule.object);
  const object = text === null ? null : parseObject(text);
  if (object === null) return { unsaid: reason('NO_PATTERN', printPattern(rule.object)) };
  const quoted = (pattern: string) => globOf([pattern])?.text;
  const bus = `bus=${object.bus}`;
  const name = quoted(object.name);
  if (name === undefined) return unsayable(rule.object);
  if (verb === 'own') return { says: [`${deny}dbus bind ${bus} name=${name},`] };
  const dot = object.member?.lastIndexOf('.') ?? -1;
  const [path, face, member] = [
    object.path ?? '',
    object.member?.slice(0, dot) ?? '',
    object.member?.slice(dot + 1) ?? '',
  ].map(quoted);
  if (path === undefined || face === undefined || member === undefined || dot < 0) return unsayable(rule.object);
  const does = verb === 'call' ? 'send' : 'receive';
  return { says: [`${deny}dbus ${does} ${bus} path=${path} interface=${face} member=${member} peer=(name=${name}),`] };
}

/** A program of another VM runs under that VM's profile; one of the host as it would without any. */
function sayProgram({ rule, op }: Grant, deny: string, names: Names): Said {
  const glob = isPath(rule.object) ? globOf(rule.object) : null;
  if (glob === null) return unsayable(rule.object);
  if (rule.to === 'net') return { unsaid: reason('NO_WORD', op) };
  const how = deny !== '' ? 'x' : rule.to === 'host' ? 'Ux' : `px -> ${names.profileOf(rule.to)}`;
  return { says: [ends(deny, glob, how)], wider: glob.wider, narrower: glob.narrower, keeps: ['owner'] };
}
