/** Ends this process, whatever threads and handles are left: the one place that does. */
export function exit(code: number): never {
  process.exit(code);
}
