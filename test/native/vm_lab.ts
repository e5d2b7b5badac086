// A VM of its own for each test, in a folder of its own, with what every VM has mounted.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { MountStep } from '../../native/contract/vm.js';
import { removeTree } from '../../tracer/vm/remove_tree.js';
import { Driver, makeDriver, type Who } from './vm_driver.js';

/** Without a layer what is written goes nowhere. */
export const overlay = (to: string, lower: string[], layer?: string): MountStep => ({
  do: 'overlay',
  to,
  lower,
  upper: layer ? `${layer}/upper/x` : null,
  work: layer ? `${layer}/work/x` : null,
  volatile: true,
});

export const BASE: readonly MountStep[] = [
  ...['bin', 'lib', 'lib64', 'sbin'].map((name): MountStep => ({ do: 'link', to: `/${name}`, target: `usr/${name}` })),
  { do: 'bind', to: '/usr', from: '/usr', write: false },
  overlay('/etc', ['/etc']),
  { do: 'memory', to: '/tmp', mode: 0o1777, bytes: 1 << 20 },
  { do: 'proc', to: '/proc' },
  { do: 'devices', to: '/dev' },
  { do: 'memory', to: '/dev/shm', mode: 0o1777, bytes: 1 << 20 },
  { do: 'queues', to: '/dev/mqueue' },
  { do: 'mask', to: '/etc/shadow' },
  { do: 'mask', to: '/etc/ssh' },
];

/** Compiles the driver before a file's tests; its folder while they run. */
export function builtDriver(): { readonly folder: string } {
  let made: ReturnType<typeof makeDriver> | undefined;
  beforeAll(() => {
    made = makeDriver();
  }, 120_000);
  afterAll(() => made?.remove());
  return {
    get folder() {
      return made!.folder;
    },
  };
}

/** What each test of a `describe` has new. Files and folders are made below `folder`. */
export class VmLab {
  folder = '';
  vm!: Driver;

  constructor(
    driver: { readonly folder: string },
    private readonly who: Who,
  ) {
    beforeEach(() => {
      this.folder = mkdtempSync(join(tmpdir(), 'shuttle-vm-'));
      this.mine(this.folder, 0o755);
      this.vm = new Driver(driver.folder, who);
      this.vm.steps(BASE);
    });
    afterEach(async () => {
      await this.vm.close();
      removeTree(this.folder);
    });
  }

  /** Gives a file to who starts the VM. */
  mine(path: string, mode = 0o644): string {
    chownSync(path, this.who.uid, this.who.uid);
    chmodSync(path, mode);
    return path;
  }

  mkfile(name: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, '');
    return path;
  }

  mkdir(path: string): string {
    mkdirSync(path, { recursive: true });
    return path;
  }
}
