// Runs a system once. What to do next is decided by conduct.ts; here it is done.
import { ShuttleError } from '../../native/contract/problem.js';
import { explainRemark, Remarks } from '../../native/contract/remark.js';
import type { EngineEvent } from '../../native/contract/vm.js';
import { type Course, conduct, type Happening, type Order, plot } from './conduct.js';
import { checkOrder } from './order.js';
import type { Answered, Engine, Planned, Ports, RunLog, Stdio } from './ports.js';
import { runId } from './run_id.js';
import { execProblem, faultProblem, lossOf, startProblem } from './session_problem.js';
import type { RunRequest, RunResult, VmDescription } from './system.js';

const READY_MS = 120_000;
const ASKED_MS = 2_000;
const ENDING_MS = 10_000;

/** A run that goes on. `interrupt` asks it to end; a second one, or two seconds, make it; another, without grace. */
export interface Running {
  readonly result: Promise<RunResult>;
  interrupt(): void;
}

/** Starts running a system. The result rejects with a coded problem after the run folder was closed. */
export function runSystem(request: RunRequest, ports: Ports): Running {
  const session = new Session(request, ports);
  return { result: session.run(), interrupt: () => session.interrupt() };
}

interface Live {
  planned: Planned;
  stdio: Stdio | null;
  /** The VM's own program as the host sees it; setup's programs are not told to the course. */
  pid: number;
  program: string;
  cwd: string;
  onExit: (code: number) => void;
  onEnd: () => void;
}

class Session {
  private course: Course;
  private readonly live = new Map<string, Live>();
  private readonly cancels: (() => void)[] = [];
  private readonly starting = new Set<Promise<void>>();
  private engine!: Engine;
  private log!: RunLog;
  private finish!: () => void;
  private readonly finished = new Promise<void>((resolve) => {
    this.finish = resolve;
  });
  private asks = 0;
  private answered: Answered = () => false;
  private started = false;
  /** Layers of VMs that have ended, kept for the check. */
  private readonly layers: Record<string, string> = {};
  private readonly releases: (() => Promise<void>)[] = [];
  private readonly remarks = new Remarks();

  constructor(
    private readonly request: RunRequest,
    private readonly ports: Ports,
  ) {
    checkOrder(request.system);
    this.course = plot(chosen(request));
  }

  async run(): Promise<RunResult> {
    const { request, ports } = this;
    const began = ports.now();
    const id = runId(new Date(began));
    this.log = await ports.log(request, id);
    try {
      const names = request.system.vms.map((vm) => vm.name);
      this.engine = ports.engine({ rules: request.rules, vms: names }, this.log, (event) => this.onEvent(event));
      this.setTimers();
      this.tell({ type: 'began' });
      await this.finished;
    } catch (error) {
      await this.letGo();
      await this.shut({ outcome: 'failed', exitCode: null, durationMs: ports.now() - began }, true);
      throw error;
    }
    return this.conclude(id, began);
  }

  /**
   * `answered`: Ctrl-C was typed at the private terminal, which has passed it to its programs. One that shows something
   * after it goes on, and it was none of Shuttle's business.
   */
  interrupt(answered?: Answered): void {
    if (this.course.verdict) for (const name of this.live.keys()) this.engine.kill(name); // no more patience
    if (this.course.asked && !this.answered()) return this.tell({ type: 'interrupt' });
    this.answered = answered ?? (() => false);
    this.tell({ type: 'asked' });
    for (const one of this.live.values()) if (one.pid > 0 && !answered) this.ports.signal(one.pid, 'SIGINT');
    if (this.live.size === 0) return this.tell({ type: 'interrupt' });
    const ask = ++this.asks;
    this.cancels.push(
      this.ports.after(ASKED_MS, () => {
        if (ask === this.asks) this.tell({ type: this.answered() ? 'went on' : 'interrupt' });
      }),
    );
  }

  private setTimers(): void {
    const walls = this.request.system.vms.map((vm) => vm.limits.wall).filter((seconds) => seconds > 0);
    const seconds = Math.min(...[this.request.timeout, ...walls].filter((limit) => limit > 0));
    if (Number.isFinite(seconds))
      this.cancels.push(this.ports.after(seconds * 1000, () => this.tell({ type: 'timeout' })));
  }

  private tell(happening: Happening): void {
    const step = conduct(this.course, happening);
    this.course = step.course;
    for (const order of step.orders) this.obey(order);
  }

  private obey(order: Order): void {
    if (order.do === 'finish') return this.finish();
    if (order.do === 'kill') return this.kill(order.vm);
    const vm = this.request.system.vms.find((one) => one.name === order.vm);
    if (!vm) return;
    const start = this.start(vm).catch((error: Error) => this.tell({ type: 'failed', vm: vm.name, error }));
    this.starting.add(start);
  }

  private kill(vm: string): void {
    const one = this.live.get(vm);
    if (!one) return;
    this.engine.kill(vm);
    // An engine that does not report the end must not hold up the rest.
    this.cancels.push(this.ports.after(ENDING_MS, () => this.live.has(vm) && this.ended(vm, one)));
  }

  private async start(vm: VmDescription): Promise<void> {
    const planned = await this.ports.plan(vm, this.request);
    const one: Live = { planned, stdio: null, pid: 0, program: '', cwd: '', onExit: () => {}, onEnd: () => {} };
    this.live.set(vm.name, one);
    try {
      await this.setUp(vm, one);
      this.mustGoOn();
      one.planned.ready();
      one.onExit = (code) => {
        this.log.exited(vm.name, code);
        this.tell({ type: 'exited', vm: vm.name, code });
      };
      one.onEnd = () => this.ended(vm.name, one);
      this.launch(vm, one, vm.program);
    } catch (error) {
      this.live.delete(vm.name);
      one.stdio?.close();
      await planned.release();
      throw error;
    }
    this.tell({ type: 'up', vm: vm.name });
    if (vm.ready) this.cancels.push(this.ports.after(READY_MS, () => this.giveUpOn(vm)));
  }

  private mustGoOn(): void {
    if (this.course.verdict) throw new Error('the run ended while the VM was being set up');
  }

  /** Each command of setup is a life of the VM of its own, on the same layer. */
  private async setUp(vm: VmDescription, one: Live): Promise<void> {
    const commands = JSON.stringify(vm.setup);
    if (vm.setup.length === 0 || one.planned.setup.done(commands)) return;
    for (const command of vm.setup) {
      this.mustGoOn();
      const code = await this.once(vm, one, command);
      if (code !== 0)
        throw new ShuttleError({ code: 'SETUP_FAILED', vm: vm.name, command: command.join(' '), exit: code });
    }
    one.planned.setup.note(commands);
  }

  private once(vm: VmDescription, one: Live, command: readonly string[]): Promise<number> {
    return new Promise((resolve, reject) => {
      let code = 0;
      one.onExit = (exit) => {
        code = exit;
      };
      one.onEnd = () => {
        one.stdio?.close();
        one.stdio = null;
        resolve(code);
      };
      try {
        this.launch(vm, one, command);
      } catch (error) {
        reject(error);
      }
    });
  }

  private launch(vm: VmDescription, one: Live, program: readonly string[]): void {
    one.program = program[0] ?? '';
    const main = vm.name === this.course.main && program === vm.program;
    const quiet = this.request.quietOutput;
    one.stdio = this.ports.stdio({
      main,
      quiet,
      windows: one.planned.wine !== null,
      owner: one.planned.owner,
      onInterrupt: (answered) => this.interrupt(answered),
    });
    const spec = one.planned.spec(program, one.stdio.descriptors);
    one.cwd = spec.cwd;
    const { wine } = one.planned;
    const note = { program, windows: wine?.windows ?? null, wine: wine?.version ?? null };
    this.log.began(vm.name, { ...note, variables: { ...spec.variables } });
    try {
      one.pid = this.engine.start(spec).pid;
    } catch (error) {
      throw startProblem(vm.name, error);
    }
    this.started = true;
    one.stdio.handedOver();
  }

  private onEvent(event: EngineEvent): void {
    const one = this.live.get(event.vm);
    if (!one) return;
    if (event.type === 'served') this.tell(event);
    else if (event.type === 'problem') this.remarks.add(explainRemark(event));
    else if (event.type === 'exited' && event.pid === one.pid) {
      if (event.error) this.tell({ type: 'stuck', vm: event.vm, error: execProblem(event, one) });
      one.onExit(event.code ?? 128 + (event.signal ?? 0));
    } else if (event.type === 'ended') one.onEnd();
  }

  private ended(vm: string, one: Live): void {
    this.live.delete(vm);
    const stdio = one.stdio;
    const over = (async () => {
      await stdio?.drained();
      stdio?.close();
      if (one.planned.layer !== null) this.layers[vm] = one.planned.layer;
      this.releases.push(() => one.planned.release());
    })();
    this.starting.add(over.catch(() => {}));
    this.tell({ type: 'ended', vm });
  }

  /** Syncs, unlocks and removes what was kept for the check. */
  private async letGo(): Promise<void> {
    await Promise.all(this.releases.splice(0).map((release) => release()));
  }

  private giveUpOn(vm: VmDescription): void {
    const member = this.course.members[vm.name];
    if (!member || member.ready || member.phase === 'ended' || this.course.verdict) return;
    const ready = `${vm.ready?.op} ${vm.ready?.object}`;
    const error = new ShuttleError({ code: 'VM_NEVER_READY', vm: vm.name, ready, exit: null });
    this.tell({ type: 'stuck', vm: vm.name, error });
  }

  private async conclude(id: string, began: number): Promise<RunResult> {
    await Promise.all(this.starting);
    let { outcome, exitCode } = this.course.verdict ?? { outcome: 'failed' as const, exitCode: 125 };
    const { check, folder } = this.request.system;
    const wanted = outcome === 'ok' && check !== null && this.request.only === null;
    const about = { folder, run: this.log.folder, layers: this.layers, quiet: this.request.quietOutput };
    const checkFailed = wanted && (await this.ports.check(check, about)) !== 0;
    await this.letGo();
    if (checkFailed) {
      outcome = 'failed';
      exitCode = 1;
    }
    const error = this.course.error ?? (this.course.fault ? faultProblem(this.course.fault) : null);
    const durationMs = this.ports.now() - began;
    const { complete, problems } = await this.shut(
      { outcome, exitCode: error ? null : exitCode, durationMs },
      error !== null,
    );
    if (error) throw error;
    // The tables of a run fail alike: one of them says it.
    if (problems[0]) this.remarks.add(lossOf(problems[0]));
    const remarks = this.remarks.list();
    return { folder: this.log.folder, id, outcome, exitCode, complete, checkFailed, remarks, durationMs };
  }

  /** A run that failed before anything was started is none, and would count among those learnt from. */
  private async shut(summary: Parameters<RunLog['finish']>[0], failed: boolean): ReturnType<RunLog['finish']> {
    for (const cancel of this.cancels) cancel();
    for (const [name, one] of this.live) {
      this.engine.kill(name);
      one.stdio?.close();
    }
    this.engine?.close();
    if (!failed || this.started) return this.log.finish(summary);
    await this.log.discard();
    return { complete: false, problems: [] };
  }
}

/** The VMs this session runs: all, or the one that was asked for, then nothing is waited for. */
function chosen(request: RunRequest): { main: string; vms: VmDescription[] } {
  const { system, only } = request;
  if (only === null) return { main: system.main, vms: [...system.vms] };
  const vm = system.vms.find((one) => one.name === only);
  if (!vm)
    throw new ShuttleError({ code: 'VM_UNKNOWN', vm: only, said: '--vm', known: system.vms.map(({ name }) => name) });
  return { main: only, vms: [{ ...vm, after: [] }] };
}
