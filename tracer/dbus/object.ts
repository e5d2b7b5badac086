// Names of D-Bus objects in rules and rows: `bus:name`, and for calls and signals ` path interface.member` after it.

export type Bus = 'session' | 'system';
export const BUSES: readonly Bus[] = ['session', 'system'];

export interface BusObject {
  bus: Bus;
  name: string;
  /** Null for a name that is owned. */
  path: string | null;
  /** `interface.member`, null with the path. */
  member: string | null;
}

export function objectText({ bus, name, path, member }: BusObject): string {
  return path === null ? `${bus}:${name}` : `${bus}:${name} ${path} ${member}`;
}

/** Takes an object's text apart, or answers null where it is none. Characters that stand for tokens come through. */
export function parseObject(text: string): BusObject | null {
  const match = /^(session|system):([^ ]+)(?: ([^ ]+) ([^ ]+))?$/u.exec(text);
  if (!match) return null;
  const [, bus, name, path = null, member = null] = match;
  return { bus: bus as Bus, name: name as string, path, member };
}
