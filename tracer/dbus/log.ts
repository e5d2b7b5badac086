// What xdg-dbus-proxy --log prints, read line by line. Each message has a line, and what was done to it follows at once
// on lines of its own; the proxy has one thread, so nothing of another message comes between.

export type BusMessage =
  | { kind: 'call'; to: string; path: string; member: string; fate: Fate }
  /** A signal that came from the bus, by its sender's name there. */
  | { kind: 'signal'; from: string; path: string; member: string; fate: Fate }
  /** A call to the bus itself was stopped, for it speaks of this name (`required`: 1 see, 2 talk, 3 own). */
  | { kind: 'about'; name: string; member: string; required: number };

/** `hidden`: as if nobody were there; `denied`: refused openly; `filtered`: kept from the program. */
export type Fate = 'passed' | 'hidden' | 'denied' | 'filtered';

const OUTGOING = /^C\d+: -> (\S+) call (\S+) at (\S+)$/;
const INCOMING = /^B\d+: <- (\S+) signal (\S+) at (\S+)$/;
const ABOUT = /^Filtering message due to arg0 (\S*), policy: \d+ \(required (\d+)\)$/;
const HEADER = /^[CB]\d+: (?:->|<-) /;
const FATES: readonly [RegExp, Fate][] = [
  [/^\*HIDDEN\*/, 'hidden'],
  [/^\*DENIED\*/, 'denied'],
  [/^\*FILTERED IN\*/, 'filtered'],
];

/** Reads lines; a message is complete when the next begins, so `flush` gives the last one. */
export class LogReader {
  private open: BusMessage | null = null;

  read(line: string): BusMessage[] {
    if (HEADER.test(line)) {
      const done = this.flush();
      this.open = messageOf(line);
      return done;
    }
    if (this.open) this.open = withNote(this.open, line);
    return [];
  }

  flush(): BusMessage[] {
    const done = this.open;
    this.open = null;
    return done ? [done] : [];
  }
}

function messageOf(line: string): BusMessage | null {
  const call = OUTGOING.exec(line);
  if (call) return { kind: 'call', to: call[1]!, member: call[2]!, path: call[3]!, fate: 'passed' };
  const signal = INCOMING.exec(line);
  if (signal) return { kind: 'signal', from: signal[1]!, member: signal[2]!, path: signal[3]!, fate: 'passed' };
  return null;
}

function withNote(message: BusMessage, line: string): BusMessage {
  if (message.kind === 'about') return message;
  const about = ABOUT.exec(line);
  if (about && message.kind === 'call')
    return { kind: 'about', name: about[1]!, member: message.member, required: Number(about[2]) };
  const fate = FATES.find(([pattern]) => pattern.test(line))?.[1];
  return fate ? { ...message, fate } : message;
}
