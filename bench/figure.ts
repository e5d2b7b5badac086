// One line of the bench: a figure of ours beside one of theirs.

export interface Figure {
  name: string;
  ours: number | null;
  theirs: number | null;
  /** ours / theirs, for times and for throughput alike. */
  ratio: number | null;
  unit: string;
  /** What was measured and against what, how far the wanted figure is, or why nothing could be measured. */
  note: string;
}

/** What the project wants of a figure: of its ratio, or of the figure itself. */
export type Target = { of: 'ratio' | 'ours' | 'above'; most: number } | { of: 'ratio' | 'ours'; least: number };

export function figure(
  name: string,
  unit: string,
  { ours, theirs }: { ours: number; theirs: number | null },
  note: string,
  target: Target | null = null,
): Figure {
  const ratio = theirs === null ? null : rounded(ours / theirs);
  const verdict = target === null ? '' : judged({ ours, theirs }, target, unit);
  return {
    name,
    ours: rounded(ours),
    theirs: theirs === null ? null : rounded(theirs),
    ratio,
    unit,
    note: [verdict, note].filter((part) => part !== '').join('; '),
  };
}

export const skipped = (name: string, unit: string, why: string): Figure => ({
  name,
  ours: null,
  theirs: null,
  ratio: null,
  unit,
  note: `skipped: ${why}`,
});

function judged({ ours, theirs }: { ours: number; theirs: number | null }, target: Target, unit: string): string {
  const value = target.of === 'ours' ? ours : target.of === 'above' ? ours - (theirs ?? 0) : ours / (theirs ?? 1);
  const met = 'most' in target ? value <= target.most : value >= target.least;
  const bound = 'most' in target ? `≤ ${target.most}` : `≥ ${target.least}`;
  const what = target.of === 'above' ? `${rounded(value)} ${unit} above, ` : '';
  const of = target.of === 'ratio' ? '' : ` ${unit}`;
  return `${what}${met ? 'reaches' : 'MISSES'} ${bound}${of}`;
}

/** Three digits are all a shared machine can mean; large numbers whole. */
function rounded(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
