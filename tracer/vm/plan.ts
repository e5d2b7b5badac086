// What a VM looks like (design, section 4, "Files"). Pure: facts in, steps out.
//
// Learning (`allow`) shows the host's files but for the protected set. Enforcing, and learning with --deny, shows the
// base system, the program's own folder, the system file's mounts and what rules grant; nothing else exists.
// Only system folders are bound; every other folder is an overlay, where the host's sockets and FIFOs are dead and
// writes stay in the VM. By themselves only regular files are bound.
import type { Mode, MountStep, VmSpec } from '../../native/contract/vm.js';
import { type Account, groupWith, isKnown, passwdWith } from './accounts.js';
import type { HostFacts } from './facts.js';
import { grantSteps, isMoreThanName } from './grant_steps.js';
import type { FileGrant } from './grants.js';
import { Layer, type LayerPlace } from './layer_place.js';
import type { Link } from './links_to.js';
import { ownFolder } from './own_folder.js';
import { isAtOrBelow, isBelow, join, parentsOf } from './paths.js';
import { MASKED_PROC, protectedNames } from './protected.js';
import { showFolder, showHost } from './shown.js';
import { MACHINE, PRIVATE, SETTINGS, STATE_FOLDERS, SYSTEM_FOLDERS } from './system_folders.js';

export interface Sizes {
  tmp: number;
  run: number;
  shm: number;
}

const MIB = 1 << 20;
export const SIZES: Sizes = { tmp: 2048 * MIB, run: 64 * MIB, shm: 1024 * MIB };

export interface PlanInput {
  mode: Mode;
  host: HostFacts;
  user: VmSpec['user'];
  /** The program's file on the host, links followed; null where it lies in the base system or in `extra`. */
  program: string | null;
  /** The links that the program's name leads over. */
  links?: readonly Link[];
  /** The folder it starts in, a path of the VM. */
  cwd: string;
  /** The system file's mounts: path of the VM to path of the host. */
  mounts: Readonly<Record<string, string>>;
  grants: readonly FileGrant[];
  /** Protected names that are shown all the same. */
  expose: readonly string[];
  /** Shuttle's own folders: its state, and every `.shuttle` known. */
  own: readonly string[];
  /** Null for a VM that leaves nothing. */
  layer: LayerPlace | null;
  /** What a Windows program's VM has besides. */
  extra?: { steps: readonly MountStep[]; zones: VmSpec['zones'] };
  sizes?: Sizes;
}

export type VmShape = Pick<VmSpec, 'steps' | 'zones' | 'hidden' | 'lazy'>;

/** The steps, zones and later overlays of a VM. */
export function planVm(input: PlanInput): VmShape {
  const layer = new Layer(input.layer);
  const outside = hiddenNames(input);
  const hidden = [...outside.keys()];
  const view = input.mode === 'allow' ? showHost(input.host, layer) : showLittle(input, layer);
  const inner = [
    ...ownSteps(input, layer, view, hidden),
    ...linkSteps(input, view),
    ...(input.extra?.steps ?? []),
    ...mountSteps(input, layer),
    ...grantSteps(input, hidden),
  ];
  const opened = hidden.filter((name) => inner.some((step) => isAtOrBelow(step.to, name)));
  const system = systemSteps(input, layer, [...inner.map((step) => step.to), ...hidden]);
  const sofar = [
    ...(view.some((step) => step.to === '/') ? [] : [{ do: 'folder', to: '/', mode: 0o555 } as const]),
    ...view,
    ...system.steps,
    ...showBase(input, layer),
    ...privateSteps(input),
    ...rooms(opened, inner),
    ...inner,
  ];
  const built = [...sofar, ...cwdSteps(input, layer, sofar), ...homeInMemory(input, sofar)];
  const kept = hidden.filter((name) => !opened.includes(name));
  return {
    steps: [...built, ...maskSteps(kept, [...built.filter(shows), ...system.lazy]), ...MASKED_PROC.map(mask)],
    zones: zones(input, outside),
    hidden: [...outside].filter(([path, from]) => path === from).map(([path]) => path),
    lazy: system.lazy,
  };
}

/** Only where something of the host is shown can a name show what is to be hidden; elsewhere a mask would cost time. */
const maskSteps = (hidden: readonly string[], showing: readonly { to: string }[]): MountStep[] =>
  hidden.filter((name) => showing.some(({ to }) => isAtOrBelow(name, to) || isBelow(to, name))).map(mask);

const mask = (to: string): MountStep => ({ do: 'mask', to });

/** A hidden folder of which something is shown holds that and no more. */
function rooms(opened: readonly string[], inner: readonly MountStep[]): MountStep[] {
  return opened
    .filter((name) => !inner.some((step) => step.to === name))
    .map((to): MountStep => ({ do: 'memory', to, mode: 0o700, bytes: MIB }));
}

/**
 * Read-only, until something is written below; at once an overlay where it was written before, or where something is
 * shown or hidden below, as a bind can only empty what it hides.
 */
function systemSteps(
  input: PlanInput,
  layer: Layer,
  below: readonly string[],
): { steps: MountStep[]; lazy: VmSpec['lazy'] } {
  const entries = (input.host.folders.get('/') ?? []).filter((entry) => SYSTEM_FOLDERS.includes(join('/', entry.name)));
  const steps = entries.map((entry): MountStep => {
    const to = join('/', entry.name);
    if (entry.kind === 'link') return { do: 'link', to, target: entry.target };
    const holds = below.some((path) => isBelow(path, to));
    return layer.has(to) || holds ? layer.over(to, [to]) : { do: 'bind', to, from: to, write: false };
  });
  return { steps, lazy: steps.filter((step) => step.do === 'bind').map((step) => layer.later(step.to)) };
}

function showBase(input: PlanInput, layer: Layer): MountStep[] {
  const { host, user } = input;
  const account: Account = { uid: user.uid, gid: user.gid, name: host.user, home: host.home };
  const named = isKnown(host.passwd, account)
    ? []
    : [
        { do: 'file', to: `${SETTINGS}/passwd`, mode: 0o644, text: passwdWith(host.passwd, account) } as const,
        { do: 'file', to: `${SETTINGS}/group`, mode: 0o644, text: groupWith(host.group, account) } as const,
      ];
  const machine = MACHINE.map(
    (path): MountStep => ({ do: 'bind', to: path, from: path, write: false, optional: true }),
  );
  const settings = input.mode === 'allow' && host.uid === 0 ? [] : showFolder(host, layer, SETTINGS); // its view has them
  return [...settings, ...named, ...machine];
}

/** Where the host is not shown: a root of the VM's own, with the places to write in that programs expect. */
function showLittle(input: PlanInput, layer: Layer): MountStep[] {
  const { home } = input.host;
  const mode = input.user.shift ? 0o755 : 0o555;
  return [
    input.layer ? layer.over('/', []) : { do: 'folder', to: '/', mode: 0o755 },
    { do: 'folder', to: '/var', mode },
    ...STATE_FOLDERS.map((to): MountStep => ({ do: 'folder', to, mode })),
    { do: 'link', to: '/var/run', target: '/run' },
    { do: 'link', to: '/var/lock', target: '/run/lock' },
    ...(home === '/' || inMemory(home) ? [] : [{ do: 'folder', to: home, mode: 0o700 } as const]),
  ];
}

function privateSteps(input: PlanInput): MountStep[] {
  const sizes = input.sizes ?? SIZES;
  const runtime = `/run/user/${input.user.uid}`;
  return [
    ...PRIVATE.map(({ at, mode, size }): MountStep => ({ do: 'memory', to: at, mode, bytes: sizes[size] })),
    { do: 'folder', to: '/run/lock', mode: 0o1777 },
    { do: 'folder', to: runtime, mode: 0o700 },
    { do: 'proc', to: '/proc' },
    { do: 'devices', to: '/dev' },
    { do: 'memory', to: '/dev/shm', mode: 0o1777, bytes: sizes.shm },
    { do: 'queues', to: '/dev/mqueue' },
  ];
}

/** The program's own folder, unless it is shown anyway. */
function ownSteps(input: PlanInput, layer: Layer, view: readonly MountStep[], hidden: readonly string[]): MountStep[] {
  const own = input.program === null ? null : ownFolder(input.program, input.host.home);
  if (own === null) return [];
  const hides = inMemory(own) || hidden.some((name) => isAtOrBelow(own, name));
  if (!hides && showsHost(view, own)) return [];
  if (own === input.program) return [{ do: 'bind', to: own, from: own, write: false }];
  return [layer.over(own, [own])];
}

/** A program that is started by a link, as version switchers and virtual environments have it, is found by that name. */
function linkSteps({ links = [] }: PlanInput, view: readonly MountStep[]): MountStep[] {
  return links
    .filter(({ path }) => inMemory(path) || !showsHost(view, path))
    .map(({ path, target }): MountStep => ({ do: 'link', to: path, target }));
}

const inMemory = (path: string): boolean => PRIVATE.some(({ at }) => isBelow(path, at));
const showsHost = (view: readonly MountStep[], path: string): boolean =>
  view.some((step) => step.do === 'overlay' && step.lower.includes(step.to) && isAtOrBelow(path, step.to));

function mountSteps(input: PlanInput, layer: Layer): MountStep[] {
  return Object.entries(input.mounts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([to, from]): MountStep => {
      const file = input.host.kinds.get(from) === 'file';
      return file ? { do: 'bind', to, from, write: false } : layer.over(to, [from]);
    });
}

/**
 * Masked: the protected set but for what is exposed, wherever a mount shows it too, and what a reviewer refused; by path
 * of the VM, with the host's path that it hides. A mount of what is protected itself is meant.
 */
function hiddenNames(input: PlanInput): Map<string, string> {
  const named = [...protectedNames(input.host.home, input.own), ...input.host.protectedTargets];
  const kept = named.filter((name) => !input.expose.some((path) => isAtOrBelow(name, path)));
  const shown = Object.entries(input.mounts).flatMap(([to, from]) =>
    kept
      .filter((name) => isBelow(name, from))
      .map((name) => [join(to, name.slice(from === '/' ? 1 : from.length + 1)), name] as const),
  );
  const refused = input.grants.filter((grant) => grant.access === 'none').map((grant) => grant.path);
  const same = [...kept.filter((name) => !inMemory(name)), ...refused].map((name) => [name, name] as const);
  return new Map([...shown, ...same]);
}

/**
 * A program starts where it is told to. Somebody who learns in a folder below /tmp means that folder, although /tmp is
 * the VM's own; otherwise, where the host's is not shown, the folder is there, holds nothing, and keeps what the program
 * makes in it.
 */
function cwdSteps(input: PlanInput, layer: Layer, sofar: readonly MountStep[]): MountStep[] {
  const { cwd } = input;
  const isThere = (step: MountStep) =>
    step.to === cwd ? isMoreThanName(step) : shows(step) && isBelow(cwd, step.to) && !inMemory(cwd);
  if (cwd === '/' || sofar.some(isThere)) return [];
  if (showsCwd(input)) return [layer.over(cwd, [cwd])];
  return [{ do: 'folder', to: cwd, mode: 0o755 }];
}

/** A home below /tmp, which is the VM's own: there all the same. */
function homeInMemory({ host, cwd }: PlanInput, sofar: readonly MountStep[]): MountStep[] {
  const { home } = host;
  if (!inMemory(home) || home === cwd || sofar.some((step) => step.to === home)) return [];
  return [{ do: 'folder', to: home, mode: 0o700 }];
}

const showsCwd = ({ mode, cwd, host }: PlanInput): boolean =>
  mode === 'allow' && inMemory(cwd) && host.kinds.get(cwd) === 'folder';

const shows = (step: MountStep): boolean =>
  step.do === 'bind' || step.do === 'proc' || step.do === 'devices' || (step.do === 'overlay' && step.lower.length > 0);

function zones(input: PlanInput, hidden: ReadonlyMap<string, string>): VmSpec['zones'] {
  const own = input.program === null ? null : ownFolder(input.program, input.host.home);
  const at = (zone: VmSpec['zones'][number]['zone'], paths: readonly string[], from = (path: string) => path) =>
    paths.map((path) => ({ path, zone, from: from(path) }));
  const none = () => '';
  return [
    ...at('outside', ['/']),
    ...at('base', [...SYSTEM_FOLDERS, SETTINGS, '/sys']),
    ...at('private', [...PRIVATE.map((one) => one.at), '/proc', '/dev'], none),
    ...at('outside', showsCwd(input) ? [input.cwd] : []),
    ...at('own', own === null ? [] : [own]),
    ...(input.extra?.zones ?? []),
    ...Object.entries(input.mounts).map(([path, from]) => ({ path, zone: 'mount' as const, from })),
    ...[...hidden]
      .filter(([path, from]) => path !== from)
      .map(([path, from]) => ({ path, zone: 'protected' as const, from })),
  ];
}

/** The host's paths whose kind a plan asks for, for `readHostFacts`. */
export function askedPaths(
  input: Pick<PlanInput, 'mounts' | 'grants' | 'expose' | 'cwd'> & { program?: string | null },
): string[] {
  const { mounts, grants, expose, cwd, program } = input;
  return [
    ...Object.values(mounts),
    ...grants.map((grant) => grant.path),
    ...expose,
    cwd,
    ...(program ? [program] : []),
  ];
}

/** Every `.shuttle` that lies in a folder of the program, of the system or above them. */
export const shuttleFolders = (folders: readonly string[]): string[] => [
  ...new Set(folders.flatMap((folder) => [...parentsOf(folder), folder]).map((folder) => join(folder, '.shuttle'))),
];
