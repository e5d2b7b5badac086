// VMs as a session starts them - the same plan, engine and record - but from here, where they can be timed.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledRule } from '../native/contract/rules.js';
import type { EngineEvent, Mode } from '../native/contract/vm.js';
import { addon, initFile } from '../native/engine.js';
import type { NativeEngine } from '../native/native_engine.js';
import { type Ledger, Recorder } from '../tracer/record/recorder.js';
import type { Planned } from '../tracer/session/ports.js';
import { prepareVm } from '../tracer/session/prepare.js';
import { plainVm, type RunRequest, type VmDescription } from '../tracer/session/system.js';
import type { Lab } from './lab.js';

export interface Setting {
  mode: Mode;
  audit?: boolean;
  /** Keep a layer on disk. */
  named?: boolean;
  rules?: readonly CompiledRule[];
  vms: readonly (Pick<VmDescription, 'name' | 'program'> & Partial<VmDescription>)[];
}

export class Vms {
  private readonly engine: NativeEngine;
  private readonly waiting: { want: (event: EngineEvent) => boolean; got: (event: EngineEvent) => void }[] = [];
  private readonly plans = new Map<string, Planned>();
  private readonly request: RunRequest;
  private readonly output: string;

  private constructor(
    lab: Lab,
    setting: Setting,
    private readonly recorder: Recorder,
    folder: string,
  ) {
    this.request = requestOf(lab, setting);
    this.output = join(folder, 'output');
    const options = { rules: this.request.rules, vms: setting.vms.map((vm) => vm.name), init: initFile() };
    this.engine = new (addon().Engine)(options, recorder.native, (event) => this.tell(event));
  }

  /** An engine with its record, and its VMs planned. */
  static async open(lab: Lab, setting: Setting, progress: (text: string) => void = () => {}): Promise<Vms> {
    const folder = lab.room(`vms-${serial++}`);
    const vms = new Vms(lab, setting, await Recorder.open(folder), folder);
    for (const vm of vms.request.system.vms)
      vms.plans.set(vm.name, await prepareVm(vm, vms.request, { progress, buses: async () => null }));
    return vms;
  }

  /** Starts a program in a new VM; resolves when `until` has come. Times in milliseconds from before the start. */
  async start(name: string, program?: readonly string[], until: EngineEvent['type'] = 'ended'): Promise<number> {
    const described = this.request.system.vms.find((vm) => vm.name === name)!;
    const [nothing, out] = [openSync('/dev/null', 'r'), openSync(this.output, 'w')];
    const spec = this.plans.get(name)!.spec(program ?? described.program, [nothing, out, out]);
    const came = this.wait((event) => event.vm === name && (event.type === until || failed(event)));
    const ended = until === 'exited' ? this.wait((event) => event.vm === name && event.type === 'ended') : null;
    // A program that stalls must not hold up the other rows.
    const limit = setTimeout(() => this.engine.kill(name), LONGEST_MS);
    const began = performance.now();
    try {
      this.engine.start(spec);
      const event = await came;
      const took = performance.now() - began;
      if (until === 'exited') this.engine.kill(name);
      await ended;
      if (failed(event)) throw new Error(`${spec.program.join(' ')}: ${JSON.stringify(event)}\n${this.printed()}`);
      return took;
    } finally {
      clearTimeout(limit);
      closeSync(out);
      closeSync(nothing);
    }
  }

  /** Runs a program in a new VM to its end; what it printed. */
  async print(name: string, program?: readonly string[]): Promise<string> {
    await this.start(name, program);
    return this.printed();
  }

  kill(name: string): Promise<EngineEvent> {
    const ended = this.wait((event) => event.type === 'ended' && event.vm === name);
    this.engine.kill(name);
    return ended;
  }

  /** Milliseconds that planning a VM takes, which a session pays besides the start. */
  async planning(name: string): Promise<number> {
    const began = performance.now();
    await prepareVm(
      { ...this.request.system.vms.find((vm) => vm.name === name)! },
      { ...this.request, ephemeral: true },
      QUIET,
    );
    return performance.now() - began;
  }

  /** Ends everything; what the record holds. */
  async close(): Promise<Ledger> {
    this.engine.close();
    for (const plan of this.plans.values()) await plan.release();
    return this.recorder.close();
  }

  private printed(): string {
    return readFileSync(this.output, 'utf8');
  }

  private wait(want: (event: EngineEvent) => boolean): Promise<EngineEvent> {
    return new Promise((got) => this.waiting.push({ want, got }));
  }

  private tell(event: EngineEvent): void {
    for (const one of this.waiting.filter(({ want }) => want(event))) {
      this.waiting.splice(this.waiting.indexOf(one), 1);
      one.got(event);
    }
  }
}

let serial = 0;
const LONGEST_MS = 20_000;
const QUIET = { progress: () => {}, buses: async () => null };

/** A program that did not run, or ended badly: no measurement. */
const failed = (event: EngineEvent): boolean => event.type === 'exited' && (event.code !== 0 || Boolean(event.error));

function requestOf(lab: Lab, setting: Setting): RunRequest {
  const vms = setting.vms.map((vm) => ({ ...plainVm(vm.name, vm.program), cwd: '/', ...vm }));
  const folder = lab.folder;
  return {
    system: { name: 'bench', file: join(folder, 'bench.shuttle.yaml'), folder, main: vms[0]!.name, vms, check: null },
    rules: setting.rules ?? [],
    mode: setting.mode,
    audit: setting.audit ?? false,
    payload: 'none',
    expose: [],
    timeout: 0,
    ephemeral: setting.named !== true,
    only: null,
    quietOutput: false,
  };
}
