// Where what a VM writes goes, as steps say it.
import type { MountStep } from '../../native/contract/vm.js';

/** A layer on disk: folders for uppers and for the kernel's work beside them. */
export interface LayerPlace {
  upper: string;
  work: string;
  /** Names of the uppers that are there already. */
  written: readonly string[];
}

type Overlay = Extract<MountStep, { do: 'overlay' }>;

/** A path of the VM as the name of its upper folder; the other way is `upperPath`. */
export const upperName = (path: string): string => path.slice(1).replace(/%/g, '%25').replace(/\//g, '%2F') || '%2F';

/** The path of the VM that an upper folder belongs to. */
export const upperPath = (name: string): string =>
  name === '%2F' ? '/' : `/${name.replace(/%2F/g, '/').replace(/%25/g, '%')}`;

/** Makes overlay steps for a layer on disk, or for one in memory. */
export class Layer {
  constructor(private readonly place: LayerPlace | null) {}

  over(to: string, lower: readonly string[], optional = false): Overlay {
    const { upper, work } = this.at(to) ?? { upper: null, work: null };
    return { do: 'overlay', to, lower, upper, work, volatile: true, ...(optional ? { optional } : {}) };
  }

  /** What is written later: an overlay that is mounted when it is needed. Empty names mean memory. */
  later(to: string): { to: string; lower: string[]; upper: string; work: string } {
    return { to, lower: [to], ...(this.at(to) ?? { upper: '', work: '' }) };
  }

  has(to: string): boolean {
    return this.place?.written.includes(upperName(to)) ?? false;
  }

  private at(to: string): { upper: string; work: string } | null {
    if (!this.place) return null;
    const name = upperName(to);
    return { upper: `${this.place.upper}/${name}`, work: `${this.place.work}/${name}` };
  }
}
