// A rule in plain words.
import { count } from '../../native/contract/count.js';
import type { Op } from '../../native/contract/words.js';
import { opsOf, type Rule, type SystemFile, splitPlace } from '../file/model.js';
import { shownPattern } from './shown.js';

// {object} stands for the name, {to} for who owns it, {of} for the owner's possession: `the host's /etc/x`.
const PHRASES: Partial<Record<Op, string>> = {
  'pipe.serve': 'offers the pipe {object} to {to}',
  'pipe.connect': 'connects to the pipe {object} of {to}',
  'mailslot.serve': 'offers the mailslot {object} to {to}',
  'mailslot.send': 'sends to the mailslot {object} of {to}',
  'unix.serve': 'offers the socket {object} to {to}',
  'unix.connect': 'connects to the socket {object} of {to}',
  'unix.send': 'sends to the socket {object} of {to}',
  'tcp.serve': 'offers TCP {object} to {to}',
  'tcp.connect': 'talks to {to} over TCP {port}',
  'udp.serve': 'offers UDP {object} to {to}',
  'udp.send': 'sends to {to} over UDP {port}',
  'dns.resolve': 'looks up the host name {object}',
  'memory.create': 'makes the shared memory {object} for {to}',
  'memory.open': 'shares the memory {object} with {to}',
  'mutex.open': 'waits on the mutex {object} of {to}',
  'event.open': 'waits on or sets the event {object} of {to}',
  'semaphore.open': 'waits on the semaphore {object} of {to}',
  'timer.open': 'waits on the timer {object} of {to}',
  'queue.open': 'uses the message queue {object} of {to}',
  'window.find': 'finds windows of class {object} of {to}',
  'window.send': 'sends messages to windows of class {object} of {to}',
  'window.broadcast': 'sends messages to all windows of {to}',
  'window.hook': 'watches what windows of {to} are sent',
  'window.input': 'types and clicks in windows of {to}',
  'clipboard.read': 'reads {object} from the clipboard of {to}',
  'clipboard.write': 'puts {object} on the clipboard of {to}',
  'dde.connect': 'talks DDE with {object} of {to}',
  'rpc.call': 'calls the RPC interface {object} of {to}',
  'dbus.own': 'takes the D-Bus name {object}',
  'dbus.call': 'calls {object} over D-Bus of {to}',
  'dbus.listen': 'listens to {object} on D-Bus of {to}',
  'process.signal': 'signals {object} of {to}',
  'process.open': 'looks into the process {object} of {to}',
  'process.write': 'changes the process {object} of {to}',
  'program.start': 'starts {object} in {to}',
  'document.open': 'opens {object} in {to}',
  'service.start': 'starts the service {object} of {to}',
  'service.control': 'controls the service {object} of {to}',
  'com.activate': 'starts the COM class {object} in {to}',
  'name.pass': 'may tell {to} to open {object}',
  'file.read': 'reads {of} {object}',
  'file.write': 'writes {of} {object}',
  'file.create': 'makes {of} {object}',
  'file.delete': 'deletes {of} {object}',
  'file.list': 'lists {of} folder {object}',
  'registry.read': 'reads {of} registry key {object}',
  'registry.write': 'writes {of} registry key {object}',
  'library.load': 'loads {of} library {object}',
  'service.query': 'asks about the service {object} of {to}',
  'device.open': 'opens {of} device {object}',
};

const PLACES: Readonly<Record<string, readonly [name: string, of: string]>> = {
  host: ['the host', "the host's"],
  net: ['the network', "the network's"],
};

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost):(?=[^:]+$)/i;

/** What a rule lets happen: `app.exe (app) talks to db over TCP 5544`. */
export function doingOf(rule: Rule, file: Pick<SystemFile, 'system'>): string {
  const { vm, image } = splitPlace(rule.to);
  const [plain, of] = PLACES[vm] ?? [vm, `${vm}'s`];
  const to = image === null ? plain : `${image} of ${plain}`;
  // An owner that is here is told by the port alone.
  const object = shownPattern(rule.object);
  const port = vm === 'net' ? object : object.replace(LOOPBACK, '');
  const words: Readonly<Record<string, string>> = { object, to, of, port };
  const doings = opsOf(rule).map((op) => {
    const phrase = PHRASES[op] ?? `uses {object} of {to} by ${op}`;
    return phrase.replace(/\{(object|to|of|port)\}/g, (_, word: string) => words[word]!);
  });
  return `${subjectOf(rule, file)} ${together(doings)}${beside(rule)}`;
}

/** The program's name, and its VM's where that differs; the VM's alone where its set-up runs other programs too. */
function subjectOf({ from }: Rule, { system }: Pick<SystemFile, 'system'>): string {
  const { vm, image } = splitPlace(from);
  const of = system.vms.find(({ name }) => name === vm);
  if (image === null && (of?.setup.length ?? 0) > 0) return vm;
  const path = of?.program[0] ?? vm;
  const program = image ?? path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return program.replace(/\.(exe|com|bat|cmd)$/i, '') === vm ? program : `${program} (${vm})`;
}

// Doings that differ in their verbs only are told together.
function together(doings: readonly string[]): string {
  const tails = new Map<string, string[]>();
  for (const doing of new Set(doings)) {
    const space = doing.indexOf(' ');
    const tail = doing.slice(space);
    const verbs = tails.get(tail);
    if (verbs) verbs.push(doing.slice(0, space));
    else tails.set(tail, [doing.slice(0, space)]);
  }
  return [...tails].map(([tail, verbs]) => verbs.join(', ') + tail).join(' and ');
}

function beside(rule: Rule): string {
  const said = [
    rule.access === undefined ? null : `to ${rule.access.join(', ')}`,
    rule.args === undefined ? null : `with the arguments ${rule.args.map((one) => JSON.stringify(one)).join(' ')}`,
    rule.operation === undefined ? null : `operation ${rule.operation}`,
    rule.message === undefined ? null : `message ${rule.message}`,
    rule.title === undefined ? null : `title ${rule.title}`,
    rule.phase === undefined ? null : 'while it starts',
    rule.carrier === undefined ? null : `as ${rule.carrier} brought it`,
  ].filter((one) => one !== null);
  return said.length === 0 ? '' : `, ${said.join(', ')}`;
}

/** What is known of a rule's need, in words. */
export const NEED_WORDS: Readonly<Record<Rule['needed'], string>> = {
  proven: 'the scenario fails without it',
  optional: 'the scenario does well without it',
  seen: 'nobody tried without it',
  unknown: 'whether it is needed is not known',
};

/** The rule with what the runs say of it: `…, in 5 of 5 runs, 41 times; the scenario fails without it`. */
export function sentenceOf(rule: Rule, file: Pick<SystemFile, 'system'>): string {
  return `${doingOf(rule, file)}, ${seenWords(rule)}; ${NEED_WORDS[rule.needed]}`;
}

/** `in 5 of 5 runs, 41 times`. */
export function seenWords(rule: Pick<Rule, 'evidence'>): string {
  const { runs, of, times } = rule.evidence ?? {};
  const seen = [
    runs === undefined
      ? 'in no recorded run'
      : of === undefined
        ? `in ${count(runs, 'run')}`
        : `in ${runs} of ${count(of, 'run')}`,
    ...(times === undefined ? [] : [count(times, 'time')]),
  ];
  return seen.join(', ');
}
