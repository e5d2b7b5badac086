// Everything a VM needs before it can start, put together from what tracer/vm, tracer/windows and tracer/dbus know.
import { realpathSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { resolve } from 'node:path';
import { ShuttleError } from '../../native/contract/problem.js';
import type { CompiledRule, Variables } from '../../native/contract/rules.js';
import type { VmSpec } from '../../native/contract/vm.js';
import { addon, readerFile } from '../../native/engine.js';
import { readHostFacts } from '../vm/facts.js';
import { type FileGrant, fileGrants, withVariables } from '../vm/grants.js';
import { Layer } from '../vm/layer_place.js';
import { linksTo } from '../vm/links_to.js';
import { matchedGrants } from '../vm/matched_grants.js';
import { askedPaths, planVm, shuttleFolders } from '../vm/plan.js';
import { protectedNames } from '../vm/protected.js';
import { protectedSockets } from '../vm/protected_sockets.js';
import { mayReadUnasked, readerOnHost, readerSteps } from '../vm/reader.js';
import { stateFolder } from '../vm/state.js';
import { SETTINGS, SYSTEM_FOLDERS, UNSEEN } from '../vm/system_folders.js';
import { toLinux } from '../windows/drives.js';
import { placeInVm } from '../windows/plan.js';
import { isWindowsVm, prepareWindows, type WindowsVm } from '../windows/prepare.js';
import { type Display, displayOf } from './display.js';
import { environment } from './environment.js';
import { type HeldPlace, holdPlace } from './held_place.js';
import { type Found, findProgram, type Where } from './linux_program.js';
import { type Identity, identityOf } from './person.js';
import type { Planned } from './ports.js';
import { shownRules } from './shown_rules.js';
import type { RunRequest, VmDescription } from './system.js';

/** Parts of a VM that its buses add. */
export type Buses = Pick<VmSpec, 'env' | 'steps' | 'zones'> & { close(): Promise<void> };

export interface Around {
  /** Opens the VM's buses, once it is known who it runs as. */
  buses(identity: Identity): Promise<Buses | null>;
  /** Told what takes long. */
  progress(text: string): void;
}

/** Holds the VM's layer and plans it. Throws what keeps it from starting; nothing is held then. */
export async function prepareVm(vm: VmDescription, request: RunRequest, around: Around): Promise<Planned> {
  const identity = identityOf(vm.user);
  const windows = isWindowsVm(absolute(vm, request));
  const place = holdPlace(vm, request, identity.user, windows);
  let buses: Buses | null = null;
  try {
    buses = windows ? null : await around.buses(identity);
    const build = windows ? buildWindows : buildLinux;
    const display = displayOf(vm, process.env, identity.person.home);
    const { spec, wine } = await build({ vm, request, identity, place, buses, display, around });
    return {
      spec,
      wine,
      owner: identity.user.uid,
      setup: place.setup,
      layer: place.folder,
      ready: () => place.saveStart(),
      release: async () => {
        await buses?.close();
        place.release();
      },
    };
  } catch (error) {
    await buses?.close();
    place.abandon();
    throw error;
  }
}

interface Parts {
  vm: VmDescription;
  request: RunRequest;
  identity: Identity;
  place: HeldPlace;
  buses: Buses | null;
  display: Display;
  around: Around;
}

type Built = Pick<Planned, 'spec' | 'wine'>;

/** A program named with a slash is meant from the system's folder. */
function absolute(vm: VmDescription, { system }: RunRequest): VmDescription {
  const [name = '', ...args] = vm.program;
  return /^[^\\/]+\/|^\.{0,2}\//.test(name) ? { ...vm, program: [resolve(system.folder, name), ...args] } : vm;
}

/** Where the program starts, as a Linux path of the VM. */
function startFolder({ cwd }: VmDescription, { system }: RunRequest): string {
  return resolve(system.folder, cwd === null ? '.' : placeInVm(cwd));
}

async function buildLinux({ vm, request, identity, place, buses, display, around }: Parts): Promise<Built> {
  const env = { ...environment(process.env, identity.person, {}), ...buses?.env, ...display.env, ...vm.env };
  const where: Where = { cwd: startFolder(vm, request), search: env.PATH ?? '', mounts: vm.mounts };
  const found = findProgram(vm.program[0] ?? '', where, vm.setup.length > 0);
  const { name, uid, home } = identity.person;
  const variables = { user: name, uid: String(uid), host: hostname(), home, temp: '/tmp', session: '' };
  const host = readerOnHost(readerFile());
  const reader = host && { steps: readerSteps({ mode: request.mode, env: vm.env, ...host }), zones: [] };
  const extras = [buses, display, reader];
  const shape = shapeOf({ vm, request, identity, place, around }, where.cwd, found, vm.mounts, variables, ...extras);
  const unasked = { reader: mayReadUnasked(shape) };
  const shared = { ...sharedSpec(vm, request, identity), ...shape, ...unasked, cwd: where.cwd, env, drives: [] };
  const spec: Planned['spec'] = ([command = '', ...args], stdio) => {
    const { path } = findProgram(command, where, true);
    return { ...shared, variables, program: display.command([path, ...args]), stdio };
  };
  return { spec, wine: null };
}

async function buildWindows({ vm, request, identity, place, display, around }: Parts): Promise<Built> {
  const { person, user } = identity;
  const over = new Layer(place.place);
  const ours = environment(process.env, person, {});
  const circumstances = {
    state: stateFolder(),
    user,
    name: person.name,
    over: (to: string, lower: readonly string[]) => over.over(to, lower),
    lang: vm.env.LC_ALL ?? vm.env.LANG ?? ours.LC_ALL ?? ours.LANG,
    progress: around.progress,
  };
  const windows: WindowsVm = await prepareWindows(absolute(vm, request), circumstances);
  const cwd = startFolder(vm, request);
  const { part, mounts } = windows;
  const program = { path: '/', file: windows.programFile === null ? null : realpathSync(windows.programFile) };
  const variables = { uid: String(person.uid), host: hostname(), ...part.variables };
  const shape = shapeOf({ vm, request, identity, place, around }, cwd, program, mounts, variables, display, part);
  const env = { ...ours, ...part.env, ...display.env, ...vm.env };
  const shared = {
    ...sharedSpec(vm, request, identity),
    ...shape,
    cwd,
    env,
    drives: part.drives,
    dock: part.dock,
    windows32: windows.has32,
  };
  const spec: Planned['spec'] = (words, stdio) => {
    const program = display.command(windows.command(absolute({ ...vm, program: words }, request).program));
    return { ...shared, variables, program, stdio };
  };
  return { spec, wine: { version: windows.wine, windows: windows.windows } };
}

type Extra = { steps: VmSpec['steps']; zones: VmSpec['zones'] };

function shapeOf(
  { vm, request, identity, place, around }: Pick<Parts, 'vm' | 'request' | 'identity' | 'place' | 'around'>,
  cwd: string,
  { path, file: program }: Found,
  named: Readonly<Record<string, string>>,
  variables: Variables,
  ...extras: (Extra | null)[]
): Pick<VmSpec, 'steps' | 'zones' | 'hidden' | 'lazy' | 'shown'> {
  const mounts = realMounts(named);
  const { system, mode } = request;
  const rules = withVariables(request.rules, variables);
  const drives = extras.flatMap((extra) => (extra && 'drives' in extra ? (extra.drives as VmSpec['drives']) : []));
  const at = (object: string) => (object.startsWith('/') ? object : toLinux(object, drives));
  const known = fileGrants(rules, vm.name, at);
  const expose = request.expose.map((path) => resolve(path));
  const own = [stateFolder(), ...shuttleFolders([system.folder, process.cwd()])];
  const grants = [...known, ...(mode === 'allow' ? [] : matchedOnHost(rules, vm.name, known, own, around.progress))];
  const facts = readHostFacts(askedPaths({ mounts, grants, expose, cwd, program }), own);
  const host = { ...facts, user: identity.person.name, home: identity.person.home };
  const given = extras.filter((extra) => extra !== null);
  const extra = { steps: given.flatMap((one) => one.steps), zones: given.flatMap((one) => one.zones) };
  const input = {
    mode,
    host,
    user: identity.user,
    program,
    links: program === null ? [] : linksTo(path),
    cwd,
    mounts,
    grants,
    expose,
    own,
    layer: place.place,
    extra,
  };
  return { ...planVm(input), shown: shownRules(rules, vm.name, grants, host.kinds, at) };
}

/** What of the host the rules with free tokens admit now; a file granted by its own name needs no other. */
function matchedOnHost(
  rules: readonly CompiledRule[],
  vm: string,
  known: readonly FileGrant[],
  own: readonly string[],
  tell: (text: string) => void,
): FileGrant[] {
  const table = new (addon().RuleTable)(rules);
  const granted = new Set(known.map((grant) => grant.path));
  return matchedGrants({
    rules,
    vm,
    admits: (op, path) => table.decide({ op, from: vm, to: 'host', object: path })?.allow === true,
    closed: [...protectedNames(homedir(), own), ...SYSTEM_FOLDERS, SETTINGS, ...UNSEEN],
    tell,
  }).filter((grant) => !granted.has(grant.path));
}

/** Links followed, since what is protected is known by its real name. */
function realMounts(mounts: Readonly<Record<string, string>>): Record<string, string> {
  const real = ([to, from]: [string, string]): [string, string] => {
    try {
      return [to, realpathSync(from)];
    } catch {
      throw new ShuttleError({ code: 'MOUNT_MISSING', to, from });
    }
  };
  return Object.fromEntries(Object.entries(mounts).map(real));
}

function sharedSpec(vm: VmDescription, request: RunRequest, identity: Identity) {
  const { memory, processes, cpu, disk } = vm.limits;
  return {
    name: vm.name,
    mode: request.mode,
    audit: request.audit,
    user: identity.user,
    hostname: hostname(),
    limits: { memory, processes, cpu, disk },
    payload: request.payload,
    sockets: protectedSockets(
      process.env,
      request.expose.map((path) => resolve(path)),
    ),
  };
}
