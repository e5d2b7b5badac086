/** The place of the first of sorted names that does not sort before `head`. */
export function firstFrom(names: readonly string[], head: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle]! < head) low = middle + 1;
    else high = middle;
  }
  return low;
}
