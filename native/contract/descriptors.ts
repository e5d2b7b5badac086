/** Descriptors that Node has no call for; the addon makes them (native/addon/stdio.cc). */
export interface Descriptors {
  /** A pipe: [read end, write end]. */
  pipe(): [number, number];
  /** A terminal of its own: [our end, the program's end]. */
  terminal(rows: number, columns: number): [number, number];
  /** Makes a terminal pass every byte as it is, both ways; the answer is for `cooked`, which undoes it. */
  raw(terminal: number): Uint8Array;
  cooked(terminal: number, before: Uint8Array): void;
  /** Whether Ctrl-C that is written to our end of a terminal is a signal there, rather than a byte to be read. */
  interrupts(terminal: number): boolean;
  resize(terminal: number, rows: number, columns: number): void;
}
