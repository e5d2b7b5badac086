// A host in a table: facts without a machine.
import type { Entry, HostFacts, Kind } from '../../../tracer/vm/facts.js';

export const entry = (name: string, kind: Kind = 'folder', more: Partial<Entry> = {}): Entry => ({
  name,
  kind,
  mode: 0o755,
  open: true,
  barren: false,
  target: '',
  ...more,
});

/** A usual Debian: /bin is a link, /home and /var/lib/docker/x are mounts of their own. */
export function host(more: Partial<HostFacts> = {}): HostFacts {
  return {
    uid: 1000,
    gid: 1000,
    user: 'me',
    home: '/home/me',
    mounts: [
      { at: '/', type: 'ext4' },
      { at: '/proc', type: 'proc' },
      { at: '/home', type: 'ext4' },
      { at: '/run', type: 'tmpfs' },
    ],
    folders: new Map([
      [
        '/',
        [
          entry('bin', 'link', { target: 'usr/bin' }),
          entry('dev'),
          entry('etc'),
          entry('home'),
          entry('opt'),
          entry('proc'),
          entry('root', 'folder', { open: false }),
          entry('run'),
          entry('srv', 'folder', { barren: true }),
          entry('swap.img', 'file', { open: false }),
          entry('tmp'),
          entry('usr'),
          entry('var'),
          entry('README', 'file'),
          entry('socket', 'other'),
        ],
      ],
    ]),
    kinds: new Map(),
    links: new Map(),
    foreign: [],
    protectedTargets: [],
    passwd: 'root:x:0:0:root:/root:/bin/sh\nme:x:1000:1000:Me:/home/me:/bin/sh\n',
    group: 'me:x:1000:\n',
    ...more,
  };
}
