// Plain Wine, as the measure of what Windows programs cost.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { WineInstall } from '../tracer/windows/wine.js';
import { wineEnv } from '../tracer/windows/wine_process.js';
import type { Lab } from './lab.js';
import { Timer } from './timer.js';

/** A prefix of plain Wine's; its server is ended after each program that `run` times, outside the measured time. */
export class Prefix {
  private readonly timer: Timer;
  private readonly env: Record<string, string | undefined>;
  private readonly kept: ChildProcess[] = [];

  constructor(
    lab: Lab,
    private readonly wine: WineInstall,
    name: string,
    variables: Readonly<Record<string, string>> = {},
  ) {
    const path = join(lab.room(`prefix-${name}`), 'wine');
    this.env = { ...wineEnv(path, 'user'), WINEARCH: 'win64', HOME: lab.folder, DISPLAY: '', ...variables };
    this.timer = new Timer(lab, this.env as Record<string, string>);
  }

  async run(...command: string[]): Promise<number> {
    const took = await this.timer.time(this.wine.loader, ...command);
    await this.timer.time(this.wine.server, '-k').catch(() => {}); // ended by itself already
    return took;
  }

  /** What a program printed; the server stays. */
  print(...command: string[]): Promise<string> {
    return this.timer.print(this.wine.loader, ...command);
  }

  /** Starts a program that stays until the prefix is closed. */
  keep(...command: string[]): void {
    this.kept.push(spawn(this.wine.loader, command, { env: { ...process.env, ...this.env }, stdio: 'ignore' }));
  }

  async close(): Promise<void> {
    for (const each of this.kept) each.kill();
    if (this.kept.length > 0) await this.timer.time(this.wine.server, '-k').catch(() => {});
    this.timer.close();
  }
}
