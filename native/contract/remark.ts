// What went wrong beside a run without ending it: the words for people, made here as those of problems are.

import { printable } from './printable.js';

/** What the engine tells while a VM lives; `detail` names the thing. */
export interface Remark {
  vm: string;
  code: string;
  detail: string;
}

interface Words {
  says: string;
  hint: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  OVERLAY_FAILED: {
    says: 'could not be made writable for the VM, so that writes there failed',
    hint: 'shuttle doctor says whether copy-on-write files work here and how much room there is',
  },
  TWO_OWNERS: {
    says: 'more than one place outside the VM has it (they are named last), so that none was taken',
    hint: 'accept a rule that names the one that is meant in `to`',
  },
  DOCK_DIED: {
    says: 'was killed: what it carried for this VM is cut off, and the run does not count as complete',
    hint: 'no program but the VM’s own can have ended it; see who was there with shuttle query and the view processes',
  },
  PUBLISH_FAILED: {
    says: 'could not be published to the host',
    hint: 'end what has this address on the host, or take out the rule with `to: host`',
  },
  DBUS_WIDENED: {
    says: 'xdg-dbus-proxy cannot keep these rules to the letter and lets more through',
    hint: 'name the bus name, the path and the member in them without tokens',
  },
  DBUS_UNSAID: {
    says: 'xdg-dbus-proxy cannot be told these rules, so that they allow nothing',
    hint: 'write them with a whole bus name, without a token in it',
  },
};

/** A remark as it is printed: what, why, the code, and beneath it what to do. */
export function explainRemark({ vm, code, detail }: Remark): string {
  const words = WORDS[code];
  const what = `${vm}: ${printable(detail)}`;
  if (words === undefined) return `${what} [${code}]`;
  return `${what}: ${words.says} [${code}]\n  ${words.hint}`;
}

const MOST = 20;

/** Remarks of one run: each once, and so many at most, since a program can cause them at will. */
export class Remarks {
  private readonly all = new Set<string>();
  private more = 0;

  add(text: string): void {
    if (this.all.has(text)) return;
    if (this.all.size < MOST) this.all.add(text);
    else this.more++;
  }

  list(): string[] {
    return this.more === 0 ? [...this.all] : [...this.all, `and ${this.more} more of this kind`];
  }
}
