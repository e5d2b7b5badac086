// Ctrl-C and its like, for commands that run programs.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls back at each signal that asks this process to end, until the work is done. */
export async function interruptible<Result>(work: Promise<Result>, onAsk: () => void): Promise<Result> {
  for (const signal of SIGNALS) process.on(signal, onAsk);
  try {
    return await work;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onAsk);
  }
}
