interface Wanted {
  name: string;
  file: string;
  must?: true;
}
export const PACKAGES: Readonly<Record<'build' | 'demo' | 'test' | 'bench', readonly Wanted[]>>;
export const WINE32: Wanted & { architecture: string };
export function lackingFor(task: keyof typeof PACKAGES, exists?: (file: string) => boolean): Wanted[];
export function aptInstall(names: readonly string[]): string[];
export function commandFor(names: readonly string[]): string;
