// The course of a run as a pure machine: what happened goes in, what must be done comes out. It knows no clock, no
// engine and no file; tracer/session/session.ts does what it says.
import { satisfies } from './ready.js';
import type { Outcome, Ready, VmDescription } from './system.js';

export type Happening =
  | { type: 'began' }
  | { type: 'up'; vm: string } // its program is running
  | { type: 'served'; vm: string; op: string; object: string }
  | { type: 'exited'; vm: string; code: number } // the VM's own program; 128 + n for a signal
  | { type: 'ended'; vm: string } // the VM's last process is gone
  | { type: 'failed'; vm: string; error: Error } // it could not be started
  | { type: 'stuck'; vm: string; error: Error } // it runs and will never be ready
  | { type: 'timeout' }
  | { type: 'asked' } // the person at the terminal asked it to end; the programs were told
  | { type: 'went on' } // main lives with having been asked, as a shell does with Ctrl-C
  | { type: 'interrupt' }; // and did not, or there was no time to ask

export type Order = { do: 'start'; vm: string } | { do: 'kill'; vm: string } | { do: 'finish' };

/** Why a run ends by a member's fault. */
export type Fault = { vm: string; code: number; ready: Ready | null };

type Phase = 'waiting' | 'starting' | 'up' | 'ending' | 'ended';
interface Member {
  phase: Phase;
  ready: boolean;
  exit: number | null;
}

export interface Course {
  readonly main: string;
  readonly vms: readonly Pick<VmDescription, 'name' | 'after' | 'ready'>[];
  readonly members: Readonly<Record<string, Member>>;
  /** The programs were asked to end, so however main ends now, the run was interrupted. */
  readonly asked: boolean;
  /** Set as soon as the run is decided; from then on everything is only brought to its end. */
  readonly verdict: { outcome: Outcome; exitCode: number } | null;
  readonly fault: Fault | null;
  readonly error: Error | null;
  readonly finished: boolean;
}

export interface Step {
  course: Course;
  orders: Order[];
}

const INTERRUPTED = 130;
const TIMED_OUT = 124;
const OWN_FAILURE = 125;

/** The course before anything happened. */
export function plot(system: { main: string; vms: Course['vms'] }): Course {
  const members = Object.fromEntries(
    system.vms.map((vm) => [vm.name, { phase: 'waiting' as const, ready: false, exit: null }]),
  );
  return {
    main: system.main,
    vms: system.vms,
    members,
    asked: false,
    verdict: null,
    fault: null,
    error: null,
    finished: false,
  };
}

/** One thing happened: the new course and what is to be done now. */
export function conduct(course: Course, happening: Happening): Step {
  const next = settle(absorb(course, happening), happening);
  return advance(next, course.verdict === null && next.verdict !== null);
}

function change(course: Course, vm: string, change: Partial<Member>): Course {
  const member = course.members[vm];
  if (!member) return course;
  return { ...course, members: { ...course.members, [vm]: { ...member, ...change } } };
}

function absorb(course: Course, happening: Happening): Course {
  switch (happening.type) {
    case 'up': {
      const unconditional = course.vms.find((vm) => vm.name === happening.vm)?.ready === null;
      return change(course, happening.vm, unconditional ? { phase: 'up', ready: true } : { phase: 'up' });
    }
    case 'served': {
      const ready = course.vms.find((vm) => vm.name === happening.vm)?.ready;
      return ready && satisfies(ready, happening) ? change(course, happening.vm, { ready: true }) : course;
    }
    case 'exited':
      return change(course, happening.vm, { exit: happening.code });
    case 'ended':
      return change(course, happening.vm, { phase: 'ended' });
    case 'failed':
      return blame(change(course, happening.vm, { phase: 'ended' }), happening.error);
    case 'stuck':
      return blame(course, happening.error);
    case 'asked':
      return { ...course, asked: true };
    case 'went on':
      return { ...course, asked: false };
    default:
      return course;
  }
}

/** What fails while the run is brought to its end is the end's doing. */
const blame = (course: Course, error: Error): Course => (course.verdict ? course : { ...course, error });

function settle(course: Course, happening: Happening): Course {
  if (course.verdict) return course;
  const end = (outcome: Outcome, exitCode: number) => ({ ...course, verdict: { outcome, exitCode } });
  const own = (code: number) => end(course.asked ? 'interrupted' : code === 0 ? 'ok' : 'failed', code);
  switch (happening.type) {
    case 'interrupt':
      return end('interrupted', INTERRUPTED);
    case 'timeout':
      return end('timeout', TIMED_OUT);
    case 'failed':
    case 'stuck':
      return end('failed', OWN_FAILURE);
    case 'exited':
      return happening.vm === course.main ? own(happening.code) : course;
    case 'ended':
      if (happening.vm === course.main) return own(course.members[happening.vm]?.exit ?? OWN_FAILURE);
      return settleEnded(course, happening.vm);
    default:
      return course;
  }
}

/** A member that has done its work and ended well is no fault; one that died, or was never ready, ends the run. */
function settleEnded(course: Course, vm: string): Course {
  const member = course.members[vm];
  if (!member || course.asked) return course;
  const code = member.exit ?? OWN_FAILURE;
  if (code === 0 && member.ready) return course;
  const ready = member.ready ? null : (course.vms.find((one) => one.name === vm)?.ready ?? null);
  return { ...course, verdict: { outcome: 'failed', exitCode: OWN_FAILURE }, fault: { vm, code, ready } };
}

function advance(course: Course, decidedNow: boolean): Step {
  if (course.verdict) return windUp(course, decidedNow);
  const startable = course.vms.filter(
    (vm) =>
      course.members[vm.name]?.phase === 'waiting' &&
      vm.after.every((name) => course.members[name] === undefined || course.members[name].ready),
  );
  const started = startable.reduce((sum, vm) => change(sum, vm.name, { phase: 'starting' }), course);
  return { course: started, orders: startable.map((vm) => ({ do: 'start', vm: vm.name })) };
}

function windUp(course: Course, decidedNow: boolean): Step {
  const phase = (vm: { name: string }) => course.members[vm.name]?.phase;
  // A VM that is being started is killed again when it is up: until then there may be nothing to kill.
  const killed = course.vms.filter((vm) => phase(vm) === 'up' || (decidedNow && phase(vm) === 'starting'));
  const orders = killed.map((vm): Order => ({ do: 'kill', vm: vm.name }));
  const ending = killed
    .filter((vm) => phase(vm) === 'up')
    .reduce((sum, vm) => change(sum, vm.name, { phase: 'ending' }), course);
  const over = course.vms.every((vm) => phase(vm) === 'waiting' || phase(vm) === 'ended');
  if (!over || course.finished) return { course: ending, orders };
  return { course: { ...ending, finished: true }, orders: [{ do: 'finish' }] };
}
