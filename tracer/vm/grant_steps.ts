// What the rules grant of the host's files, as steps of a plan.
import type { MountStep } from '../../native/contract/vm.js';
import type { FileGrant } from './grants.js';
import { isAtOrBelow, join } from './paths.js';
import type { PlanInput } from './plan.js';
import { SETTINGS, SYSTEM_FOLDERS } from './system_folders.js';

type GrantInput = Pick<PlanInput, 'mode' | 'host' | 'grants' | 'expose'>;

/**
 * What the rules grant, each file by itself. Learning never lets a write through, and shows everything anyway but for
 * what is hidden; what --expose names inside a hidden folder is as good as granted.
 */
export function grantSteps(input: GrantInput, hidden: readonly string[]): MountStep[] {
  const learning = input.mode === 'allow';
  const isHidden = (path: string) => hidden.some((name) => isAtOrBelow(path, name));
  const exposed = input.expose.filter(isHidden).map((path): FileGrant => ({ path, access: 'read' }));
  const refused = new Set(input.grants.filter((grant) => grant.access === 'none').map((grant) => grant.path));
  const granted = [...exposed, ...input.grants]
    .filter(({ path }) => !refused.has(path) && (!learning || isHidden(path)))
    .filter(({ path, access }) => isGranted(input, path, access))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return granted.flatMap(({ path, access }): MountStep[] => {
    const target = input.expose.includes(path) ? undefined : input.host.links.get(path);
    if (target !== undefined) return [{ do: 'link', to: path, target }]; // what it leads to has rules of its own
    if (input.host.kinds.get(path) === 'folder') return folderGrant(input, path);
    return [{ do: 'bind', to: path, from: path, write: access === 'write' && !learning }];
  });
}

/** What the base system shows needs no grant, unless the grant is to write. */
function isGranted(input: GrantInput, path: string, access: FileGrant['access']): boolean {
  const kind = input.host.kinds.get(path);
  if (kind !== 'file' && kind !== 'folder' && !input.host.links.has(path)) return false; // served at open time, once it is there
  if (path === '/') return false; // the VM has one of its own
  const shownAnyway = [...SYSTEM_FOLDERS, SETTINGS, '/proc', '/dev', '/sys'].some((folder) =>
    isAtOrBelow(path, folder),
  );
  return !shownAnyway || (kind === 'file' && access === 'write');
}

/** Mode of a folder of which only the name is granted. */
const ONLY_NAMED = 0o111;

/** Whether a step puts something of use at its place, rather than only the name of a folder. */
export const isMoreThanName = (step: MountStep): boolean => step.do !== 'folder' || step.mode !== ONLY_NAMED;

/**
 * A folder may be looked into; what lies in it is granted by its own rules. Names and no more: empty, closed files; a
 * folder below can be passed through, on the way to something shown or to find that nothing is there.
 */
function folderGrant(input: GrantInput, path: string): MountStep[] {
  const entries = input.host.folders.get(path) ?? [];
  return [
    { do: 'folder', to: path, mode: 0o755 },
    ...entries.flatMap((entry): MountStep[] => {
      const to = join(path, entry.name);
      if (entry.kind === 'folder') return [{ do: 'folder', to, mode: ONLY_NAMED }];
      if (entry.kind === 'link') return [{ do: 'link', to, target: entry.target }];
      return [{ do: 'file', to, mode: 0, text: '' }];
    }),
  ];
}
