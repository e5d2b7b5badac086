// Node's timers take at most 2^31 - 1 ms, some 24 days, and fire at once where more is asked for.
const LONGEST_MS = 2 ** 31 - 1;

/** Calls after that long, however long; returns what calls it off. */
export function after(ms: number, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    const now = Math.min(left, LONGEST_MS);
    timer = setTimeout(() => (left > now ? wait(left - now) : call()), now);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
