// One operation of a rule as settings of a service.
import { printPattern } from '../../../analyzer/pattern/text.js';
import { addressOf } from '../address.js';
import { reason } from '../finding.js';
import { placeOf } from '../paths.js';
import type { Grant } from '../reading.js';
import type { Said } from '../teller.js';
import { pathWord } from './quote.js';

/** Operations that this VM has for the same name. */
type OpsOn = (grant: Grant) => ReadonlySet<string>;

export function sayRule(grant: Grant, opsOn: OpsOn): Said {
  const kind = grant.op.slice(0, grant.op.indexOf('.'));
  if (!grant.rule.allow) return sayRefusal(grant, kind);
  switch (kind) {
    case 'file':
    case 'library':
      return sayFile(grant, opsOn);
    case 'unix':
      return sayUnix(grant);
    case 'tcp':
    case 'udp':
      return sayAddress(grant);
    case 'device':
      return sayDevice(grant);
    case 'memory':
      return sayMemory(grant);
    case 'pipe':
      return sayPath(grant, 'BindPaths');
    default:
      return { unsaid: reason('NO_WORD', grant.op) };
  }
}

function sayRefusal(grant: Grant, kind: string): Said {
  if (kind !== 'file' && kind !== 'library') return { unsaid: reason('NO_WORD', grant.op) };
  return sayPath(grant, 'InaccessiblePaths');
}

function sayPath({ rule }: Grant, setting: string): Said {
  const place = placeOf(rule.object, printPattern);
  if ('unsaid' in place) return place;
  const word = pathWord(place.path);
  if (word === null) return { unsaid: reason('NO_NAME', place.path) };
  return { says: [`${setting}=-${word}`.replace('=-"', '="-')], wider: place.wider };
}

function sayFile(grant: Grant, opsOn: OpsOn): Said {
  const { op, rule } = grant;
  const ops = opsOn(grant);
  const writes = op === 'file.write' || op === 'file.create' || op === 'file.delete';
  const said = sayPath(grant, writes ? 'BindPaths' : 'BindReadOnlyPaths');
  if ('unsaid' in said) return said;
  const wider = [...(said.wider ?? [])];
  if (op === 'file.list') wider.push(reason('FOLDER', printPattern(rule.object)));
  if (writes && !ops.has('file.read')) wider.push(reason('PLUS_READ'));
  // A file that is bound can be written, and neither made nor taken away.
  if (op === 'file.create' || op === 'file.delete') return { unsaid: reason('NO_WORD', op) };
  return { ...said, wider };
}

const TEMPORARY = /^\/(var\/)?tmp\//;

function sayUnix(grant: Grant): Said {
  const { rule, op } = grant;
  const [first] = rule.object;
  if (typeof first === 'string' && first.startsWith('@'))
    return { says: ['PrivateNetwork=no'], wider: [reason('ANY_OF', 'abstract socket')] };
  if (rule.to !== 'host' && typeof first === 'string' && TEMPORARY.test(first))
    return { says: [`JoinsNamespaceOf=${rule.to}`], wider: [reason('FOLDER', `/tmp and /var/tmp of ${rule.to}`)] };
  return op === 'unix.serve' ? { unsaid: reason('NO_WORD', op) } : sayPath(grant, 'BindReadOnlyPaths');
}

function sayAddress({ rule, op }: Grant): Said {
  const { host, port, family, loopback } = addressOf(rule.object);
  if (op.endsWith('.serve')) {
    if (port === null) return { unsaid: reason('NO_PATTERN', printPattern(rule.object)) };
    // Whoever may be served has to be let in.
    const who = loopback ? 'localhost' : 'any';
    const says = [`SocketBindAllow=${op.slice(0, 3)}:${port}`, `IPAddressAllow=${who}`];
    return {
      says,
      wider: [reason('ANY_HOST', String(port)), reason('ANY_PORT', loopback ? 'this machine' : 'every host')],
    };
  }
  if (loopback) return { says: ['IPAddressAllow=localhost'], wider: [reason('ANY_PORT', 'this machine')] };
  if (host === null) return { unsaid: reason('NO_PATTERN', printPattern(rule.object)) };
  if (family === 'name') return { unsaid: reason('NO_HOSTS', host) };
  return { says: [`IPAddressAllow=${host}`], wider: [reason('ANY_PORT', host)] };
}

function sayDevice({ rule }: Grant): Said {
  const place = placeOf(rule.object, printPattern);
  if ('unsaid' in place) return place;
  const word = /^\/dev\/[\w./-]+$/.test(place.path) && place.wider.length === 0 ? place.path : null;
  if (word === null) return { unsaid: reason('NO_NAME', place.path) };
  return { says: [`DeviceAllow=${word} rw`, `BindPaths=-${word}`] };
}

function sayMemory({ rule, op }: Grant): Said {
  const [first, ...others] = rule.object;
  if (typeof first !== 'string' || !first.startsWith('/')) return { unsaid: reason('NO_WORD', op) };
  return sayPath({ op, rule: { ...rule, object: [`/dev/shm${first}`, ...others] } }, 'BindPaths');
}
