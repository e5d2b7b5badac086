// The base system: what a program of this machine needs to run at all, as data.

/** Bound read-only; an overlay comes over them when something below is first written. */
export const SYSTEM_FOLDERS: readonly string[] = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** The base system's settings: shown as an overlay in every VM. */
export const SETTINGS = '/etc';

/** The machine itself, as programs read it: processors and memory, and whether huge pages are on. */
export const MACHINE: readonly string[] = ['/sys/devices/system', '/sys/kernel/mm/transparent_hugepage'];

/** In memory, of the VM alone. */
export const PRIVATE: readonly { at: string; mode: number; size: 'tmp' | 'run' | 'shm' }[] = [
  { at: '/tmp', mode: 0o1777, size: 'tmp' },
  { at: '/var/tmp', mode: 0o1777, size: 'tmp' },
  { at: '/run', mode: 0o755, size: 'run' },
];

/** Top folders that no host's folder is shown at. */
export const NOT_SHOWN: readonly string[] = [
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/tmp',
  '/lost+found',
  ...SYSTEM_FOLDERS,
  SETTINGS,
];

/** Places whose mounts are never shown. */
export const UNSEEN: readonly string[] = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp', '/usr'];

/** What programs expect below /var where the host's is not shown. */
export const STATE_FOLDERS: readonly string[] = ['/var/cache', '/var/lib', '/var/log', '/var/opt', '/var/spool'];

/** Folders of many programs: the one of these that a program lies in is not its own. */
export const SHARED_FOLDERS: readonly string[] = [
  '/',
  '/home',
  '/root',
  '/opt',
  '/srv',
  '/mnt',
  '/media',
  '/var',
  '/var/lib',
  '/var/tmp',
  '/tmp',
  '/run',
  '/data',
  SETTINGS,
];

/** File systems whose content is no host's file, or that may hang or change under an overlay. */
export const UNSHOWN_TYPES: readonly string[] = [
  'autofs',
  'binfmt_misc',
  'bpf',
  'cgroup',
  'cgroup2',
  'configfs',
  'debugfs',
  'devpts',
  'devtmpfs',
  'efivarfs',
  'fuse.gvfsd-fuse',
  'fuse.portal',
  'fuse.snapfuse',
  'fusectl',
  'hugetlbfs',
  'mqueue',
  'nsfs',
  'proc',
  'pstore',
  'rpc_pipefs',
  'securityfs',
  'selinuxfs',
  'sysfs',
  'tracefs',
];
