import { cgroups, diskSpace, overlays, ownState, seccomp, userNamespaces } from './kernel.js';
import { dbusProxy, display, engine, node, windows } from './programs.js';

/** `lacks`: something cannot be done; `fails`: nothing can. */
export interface Finding {
  name: string;
  state: 'good' | 'lacks' | 'fails';
  says: string;
  mend: string | null;
}

/** Tries what Shuttle needs, each by the cheapest thing that really shows it. */
export async function examine(): Promise<Finding[]> {
  const probes = [
    node,
    engine,
    userNamespaces,
    overlays,
    seccomp,
    cgroups,
    ownState,
    diskSpace,
    windows,
    display,
    dbusProxy,
  ];
  return Promise.all(probes.map((probe) => probe()));
}
