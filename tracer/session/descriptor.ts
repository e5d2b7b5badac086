// What our own three descriptors are, and what each may become in a VM.
import { fstatSync, readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';

export type Kind = 'terminal' | 'pipe' | 'null' | 'other' | 'closed';

/** What a descriptor of this process is. */
export function kindOf(fd: number): Kind {
  try {
    const stat = fstatSync(fd);
    if (isatty(fd)) return 'terminal';
    if (stat.isFIFO()) return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:') ? 'pipe' : 'other';
    if (stat.isCharacterDevice() && readlinkSync(`/proc/self/fd/${fd}`) === '/dev/null') return 'null';
    return 'other';
  } catch {
    return 'closed';
  }
}

export type Carriage =
  | { how: 'give'; fd: number } // the descriptor itself enters the VM
  | { how: 'null' }
  | { how: 'relay'; fd: number } // a pipe enters, and we copy between it and ours
  | { how: 'terminal' }; // the private terminal

/**
 * How each of a program's descriptors is made. Only nameless pipes enter a VM as they are: a regular file could be
 * opened again for writing through /proc/self/fd, a socket belongs to the host's namespaces, and on a terminal of the
 * host TIOCSTI types into the host's shell.
 */
export function carriages(
  kinds: readonly [Kind, Kind, Kind],
  options: { main: boolean; quiet: boolean },
): readonly [Carriage, Carriage, Carriage] {
  const [input, output, errors] = kinds;
  const carry = (kind: Kind, fd: number): Carriage => {
    if (kind === 'terminal') return options.main ? { how: 'terminal' } : { how: 'relay', fd };
    if (kind === 'pipe') return { how: 'give', fd };
    return kind === 'other' ? { how: 'relay', fd } : { how: 'null' };
  };
  const err = carry(errors, 2);
  return [
    options.main ? carry(input, 0) : { how: 'null' },
    options.main && !options.quiet ? carry(output, 1) : err,
    err,
  ];
}
