// SQL stands in files; this reads one by its path below analyzer/, without the ending.
import { readFileSync } from 'node:fs';

const texts = new Map<string, string>();

/** The text of `analyzer/<name>.sql`. */
export function sql(name: string): string {
  let text = texts.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`${name}.sql`, import.meta.url), 'utf8');
    texts.set(name, text);
  }
  return text;
}
