export function filesUnder(folder: string, match: RegExp, skip: ReadonlySet<string>): string[];
export function hashOf(root: string, files: readonly string[], extra: string): string;
