// One bus of one VM: a connection of ours to know its names by, and a proxy for the VM's programs. While learning, a name
// that nobody knew of is met by a second proxy, which knows it, in the place of the first: connections that stand go
// on through the old one, and who tries again finds the name.
import { chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BusWatch } from './bus.js';
import { type AskedNames, applicationNames } from './known_names.js';
import type { BusMessage } from './log.js';
import type { Bus } from './object.js';
import { OwnRequests } from './own_requests.js';
import type { BusPolicy, LearningNames } from './policy.js';
import { type BusProxy, startProxy } from './proxy.js';
import { type BusRow, ownRow, rowOf } from './rows.js';

const MOST_PROXIES = 32;

export interface VmBusOptions {
  bus: Bus;
  address: string;
  folder: string;
  user: { uid: number; gid: number };
  /** What the proxy lets through, with these names known. */
  policy: (names: LearningNames) => BusPolicy;
  /** Names asked for in vain, of this run and those before; null where nothing is learnt. */
  asked: AskedNames | null;
  onRow: (row: BusRow) => void;
}

export class VmBus {
  private readonly proxies: BusProxy[] = [];
  private readonly listened = new Set<string>();
  private readonly applications = applicationNames();
  private readonly ownRequests = new OwnRequests((name) => this.options.onRow(ownRow(this.bus, name)));
  private readonly asking = new Set<Promise<void>>();
  private changing: Promise<void> = Promise.resolve();
  private waiting = false;
  private closed = false;
  policy!: BusPolicy;

  private constructor(
    private readonly options: VmBusOptions,
    private readonly watch: BusWatch,
    private readonly place: string,
  ) {}

  /** Rejects where the proxy cannot be started; null where no bus answers. */
  static async open(options: VmBusOptions): Promise<VmBus | null> {
    const watch = await BusWatch.open(options.address).catch(() => null);
    if (!watch) return null;
    const one = new VmBus(options, watch, await placeFor(options));
    try {
      await one.start();
    } catch (error) {
      await one.close();
      throw error;
    }
    watch.onOwned = (name, unique) => {
      const asked = one.owned(name, unique).finally(() => one.asking.delete(asked));
      one.asking.add(asked);
    };
    return one;
  }

  get bus(): Bus {
    return this.options.bus;
  }

  /** Where the newest proxy listens. */
  get socket(): string {
    return join(this.place, this.bus);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.changing;
    await Promise.all(this.asking);
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.watch.close();
    await rm(this.place, { recursive: true, force: true });
  }

  private async start(): Promise<void> {
    const { address, user, policy, asked } = this.options;
    this.policy = policy({ present: this.watch.names(), own: [...this.applications, ...(asked?.all() ?? [])] });
    const socket = join(this.place, `${this.bus}.${this.proxies.length}`);
    const onMessage = (message: BusMessage) => this.heard(message);
    this.proxies.push(await startProxy({ address, socket, args: this.policy.args, user: asOther(user), onMessage }));
    await rename(socket, this.socket);
  }

  private heard(message: BusMessage): void {
    this.ownRequests.heard(message, performance.now());
    const row = rowOf(message, this.bus, this.watch);
    if (!row) return;
    if (row.op === 'dbus.listen') {
      if (this.listened.has(row.object)) return; // a subscription is one interaction
      this.listened.add(row.object);
    }
    this.options.onRow(row);
    if (message.kind === 'about' && row.verdict === 'blocked' && this.options.asked?.add(message.name)) this.widen();
  }

  private async owned(name: string, unique: string): Promise<void> {
    const pid = await this.watch.pidOf(unique);
    if (pid === 0) this.ownRequests.unknown(name, performance.now());
    if (this.proxies.some((proxy) => proxy.pid === pid)) {
      this.ownRequests.known(performance.now());
      this.options.onRow(ownRow(this.bus, name));
    } else if (this.options.asked && !this.policy.args.includes(`--talk=${name}`)) this.widen();
  }

  /** Another proxy with what is known now; several reasons that come together make one. */
  private widen(): void {
    if (this.waiting || this.closed || this.proxies.length >= MOST_PROXIES) return;
    this.waiting = true;
    this.changing = this.changing.then(async () => {
      this.waiting = false;
      if (!this.closed) await this.start().catch(() => {}); // the one before it still stands
    });
  }
}

/** Root's VMs run as somebody else, and the bus must see that one. */
const asOther = (user: { uid: number; gid: number }) => (process.getuid?.() === user.uid ? null : user);

async function placeFor({ folder, user }: VmBusOptions): Promise<string> {
  await mkdir(folder, { recursive: true });
  const place = await mkdtemp(join(folder, 'bus-'));
  if (asOther(user)) await chown(place, user.uid, user.gid);
  return place;
}
