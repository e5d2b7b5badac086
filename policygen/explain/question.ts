// What people ask: `app may pipe.connect \\.\pipe\ledger`.
import type { Misasked } from '../../native/contract/misasked.js';
import { ACCESS, type Access, isOp, type Op } from '../../native/contract/words.js';
import { type SystemFile, splitPlace } from '../file/model.js';

/** One interaction, as it would be asked of the rules. */
export interface Asked {
  op: Op;
  from: string;
  fromImage: string | null;
  /** Null where the owner is not said. */
  to: string | null;
  toImage: string | null;
  object: string;
  access: Access[];
}

const FORM = /^\s*(\S+)\s+may\s+(\S+)\s+(.*?)\s*$/s;

/**
 * Reads `VM[:IMAGE] may OP [PLACE] OBJECT [to ACCESS, …]`, as `shuttle diff` prints interactions. A place is taken for one
 * only where it is a VM of the system, `host` or `net`.
 */
export function readQuestion(text: string, file: Pick<SystemFile, 'system'>): Asked | Misasked {
  const found = FORM.exec(text);
  const [, subject = '', op = '', rest = ''] = found ?? [];
  if (found === null || rest === '') return { wrong: 'form' };
  const vms = file.system.vms.map(({ name }) => name);
  const from = splitPlace(subject);
  if (!vms.includes(from.vm)) return { wrong: 'vm', word: from.vm, known: vms };
  if (!isOp(op)) return { wrong: 'op', word: op };
  const { object, access } = withoutAccess(rest);
  const space = object.indexOf(' ');
  const place = splitPlace(object.slice(0, Math.max(space, 0)));
  const places = [...vms, 'host', 'net'];
  const placed = space > 0 && places.includes(place.vm);
  // An address has no blanks: what stands before one was meant for a place.
  if (!placed && space > 0 && /^(tcp|udp|dns)[.]/.test(op)) return { wrong: 'place', word: place.vm, known: places };
  return {
    op,
    from: from.vm,
    fromImage: from.image,
    to: placed ? place.vm : null,
    toImage: placed ? place.image : null,
    object: placed ? object.slice(space + 1).trimStart() : object,
    access,
  };
}

function withoutAccess(text: string): { object: string; access: Access[] } {
  const found = /^(.*\S)\s+to\s+([a-z]+(?:\s*,\s*[a-z]+)*)$/s.exec(text);
  const words = found?.[2]?.split(/\s*,\s*/) ?? [];
  const isAccess = (word: string): word is Access => Object.hasOwn(ACCESS, word);
  return found !== null && words.every(isAccess) ? { object: found[1]!, access: words } : { object: text, access: [] };
}
