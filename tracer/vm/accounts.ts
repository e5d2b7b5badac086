// /etc/passwd and /etc/group of a VM: the user its programs run as has a name and a home there, whoever that is outside.

export interface Account {
  uid: number;
  gid: number;
  name: string;
  home: string;
}

/** The text of /etc/passwd with this account in it, first, and no other of that name or number. */
export function passwdWith(text: string, account: Account): string {
  const others = lines(text).filter((line) => {
    const [name, , uid] = line.split(':');
    return name !== account.name && uid !== String(account.uid);
  });
  const { name, uid, gid, home } = account;
  return `${[`${name}:x:${uid}:${gid}:${name}:${home}:/bin/sh`, ...others].join('\n')}\n`;
}

/** The same for /etc/group. */
export function groupWith(text: string, account: Account): string {
  const others = lines(text).filter((line) => {
    const [name, , gid] = line.split(':');
    return name !== account.name && gid !== String(account.gid);
  });
  return `${[`${account.name}:x:${account.gid}:`, ...others].join('\n')}\n`;
}

/** Whether the account is known already, so that the host's own text will do. */
export const isKnown = (text: string, account: Account): boolean =>
  lines(text).some((line) => {
    const [name, , uid] = line.split(':');
    return name === account.name && uid === String(account.uid);
  });

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
