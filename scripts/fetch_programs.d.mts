export const NEEDS: Readonly<Record<'orders' | 'orders-linux', readonly string[]>>;
export function cacheFolder(): string;
export function fetchPrograms(system: keyof typeof NEEDS, folder: string, say?: (text: string) => void): void;
