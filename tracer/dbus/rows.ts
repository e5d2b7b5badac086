// Messages of the log as rows of the record.
import type { Op, Verdict } from '../../native/contract/words.js';
import type { BusMessage } from './log.js';
import { type Bus, objectText } from './object.js';
import { BUS_NAME } from './protected.js';

export interface BusRow {
  op: Op;
  object: string;
  peer: string | null;
  verdict: Verdict;
  /** An errno, as a program over sockets would have got it. */
  status: number;
}

/** What is known of the bus's names when a message is looked at. */
export interface BusNames {
  /** Whether somebody owns the name, or would be started for it. */
  has(name: string): boolean;
  /** The well-known name of a connection, else its own. */
  nameOf(unique: string): string;
}

const ENOENT = 2;
const EACCES = 13;
const ownMember = `${BUS_NAME}.RequestName`;

/** The row of a message, or null where it says nothing about anybody else: the bus's own housekeeping. */
export function rowOf(message: BusMessage, bus: Bus, names: BusNames): BusRow | null {
  switch (message.kind) {
    case 'call': {
      if (message.to === BUS_NAME) return null;
      const name = names.nameOf(message.to);
      return row(
        'dbus.call',
        objectText({ bus, name, path: message.path, member: message.member }),
        message.fate,
        names.has(message.to),
      );
    }
    case 'signal': {
      if (message.from === BUS_NAME || message.from === '(no') return null;
      const name = names.nameOf(message.from);
      return row(
        'dbus.listen',
        objectText({ bus, name, path: message.path, member: message.member }),
        message.fate,
        true,
      );
    }
    case 'about':
      if (message.member !== ownMember) return null;
      return row('dbus.own', objectText({ bus, name: message.name, path: null, member: null }), 'denied', true);
  }
}

function row(op: Op, object: string, fate: string, exists: boolean): BusRow {
  if (!exists) return { op, object, peer: null, verdict: 'absent', status: ENOENT };
  if (fate === 'passed') return { op, object, peer: 'host', verdict: 'shuttled', status: 0 };
  return { op, object, peer: 'host', verdict: 'blocked', status: fate === 'denied' ? EACCES : ENOENT };
}

/** A name that the VM came to own. */
export function ownRow(bus: Bus, name: string): BusRow {
  return {
    op: 'dbus.own',
    object: objectText({ bus, name, path: null, member: null }),
    peer: 'host',
    verdict: 'shuttled',
    status: 0,
  };
}
