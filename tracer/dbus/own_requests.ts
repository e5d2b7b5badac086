// Whose a name is that appeared on the bus, where its owner was gone before the bus could be asked for its process: the
// VM's, if a request for a name went through the VM's proxy just then. The proxy does not say which name was asked for.
import type { BusMessage } from './log.js';

const AT_ONCE_MS = 2000;

export class OwnRequests {
  private requests: number[] = [];
  private unclaimed: { name: string; at: number }[] = [];

  constructor(private readonly onOwn: (name: string) => void) {}

  /** What a program of the VM said to the bus. */
  heard(message: BusMessage, now: number): void {
    if (message.kind !== 'call' || message.fate !== 'passed' || !/\.RequestName$/.test(message.member)) return;
    this.forget(now);
    const first = this.unclaimed.shift();
    if (first) this.onOwn(first.name);
    else this.requests.push(now);
  }

  /** A name whose owner is known to be the VM's. */
  known(now: number): void {
    this.forget(now);
    this.requests.shift();
  }

  /** A name whose owner cannot be known any more. */
  unknown(name: string, now: number): void {
    this.forget(now);
    if (this.requests.shift() !== undefined) this.onOwn(name);
    else this.unclaimed.push({ name, at: now });
  }

  private forget(now: number): void {
    this.requests = this.requests.filter((at) => now - at < AT_ONCE_MS);
    this.unclaimed = this.unclaimed.filter(({ at }) => now - at < AT_ONCE_MS);
  }
}
