interface Circumstances {
  env?: Readonly<Record<string, string | undefined>>;
  now?: number;
}
export function triedLately(name: string, at?: Circumstances): boolean;
export function noteTried(name: string, at?: Circumstances): void;
