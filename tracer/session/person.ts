// Who a VM's programs run as.
import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { ShuttleError } from '../../native/contract/problem.js';
import type { VmSpec } from '../../native/contract/vm.js';
import type { Person } from './environment.js';

/** Root's programs run as the first ordinary user, to whom root's files look like his own. */
const ORDINARY = 1000;

export interface Identity {
  person: Person;
  user: VmSpec['user'];
}

/** `named`: the system file's `user`, a name or a number. Throws USER_UNKNOWN, USER_FORBIDDEN. */
export function identityOf(named: string | null): Identity {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const own = named === null ? { name: nameOf(uid), uid, gid, home: homedir() } : entry(named);
  if (own.uid === 0) {
    if (uid !== 0) throw new ShuttleError({ code: 'USER_FORBIDDEN', user: own.name });
    return identity({ ...own, uid: ORDINARY, gid: ORDINARY }, true);
  }
  if (uid !== 0 && own.uid !== uid) throw new ShuttleError({ code: 'USER_FORBIDDEN', user: own.name });
  return identity(own, false);
}

interface Entry extends Person {
  gid: number;
}

const identity = ({ name, uid, gid, home }: Entry, shift: boolean): Identity => ({
  person: { name, uid, home },
  user: { uid, gid, shift },
});

function nameOf(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}

function entry(named: string): Entry {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = lines.find(([name, , uid]) => name === named || uid === named);
  if (!found) throw new ShuttleError({ code: 'USER_UNKNOWN', user: named });
  const [name = '', , uid, gid, , home = '/'] = found;
  return { name, uid: Number(uid), gid: Number(gid), home };
}
