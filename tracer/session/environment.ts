// The environment a program starts with: what makes programs work anywhere, and nothing that may be a secret. What else
// it needs stands in the system file, where it can be reviewed.

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const KEPT = /^(LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|TZ|NO_COLOR)$/;

export interface Person {
  name: string;
  uid: number;
  home: string;
}

/** `ours` is this process's environment, `own` the system file's. */
export function environment(
  ours: Readonly<Record<string, string | undefined>>,
  person: Person,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(ours).filter(([name]) => KEPT.test(name));
  return {
    PATH: ours.PATH || PATH,
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: person.home,
    USER: person.name,
    LOGNAME: person.name,
    SHELL: '/bin/sh',
    XDG_RUNTIME_DIR: `/run/user/${person.uid}`,
    ...own,
  };
}
