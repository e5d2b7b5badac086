// /proc/self/mountinfo (proc_pid_mountinfo(5)), as far as a plan needs it.

export interface Mount {
  /** Where it is mounted. */
  at: string;
  /** Type of the file system. */
  type: string;
}

/** Every mount of the text, in the kernel's order; lines that are no mounts are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const words = line.split(' ');
    const dash = words.indexOf('-', 6);
    const at = words[4];
    const type = words[dash + 1];
    return dash > 0 && at?.startsWith('/') && type ? [{ at: decoded(at), type }] : [];
  });
}

/** Space, tab, newline and backslash come as three octal digits, byte by byte. */
function decoded(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
