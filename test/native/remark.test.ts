import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { explainRemark, Remarks } from '../../native/contract/remark.js';

const engine = fileURLToPath(new URL('../../native/engine', import.meta.url));

/** Codes that the engine's sources tell. */
const told = readdirSync(engine, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.cc'))
  .flatMap((name) => [...readFileSync(join(engine, name), 'utf8').matchAll(/\.problem = "([A-Z_]+)"/g)])
  .map((found) => found[1]!);

test('the engine tells something', () => expect(told.length).toBeGreaterThan(2));

test.each([...new Set(told), 'DBUS_WIDENED', 'DBUS_UNSAID'])('%s is explained, with a hint', (code) => {
  expect(explainRemark({ vm: 'app', code, detail: '/x\u001b' })).toMatch(
    new RegExp(`^app: /x\\\\u\\{1b\\}: .+ \\[${code}\\]\n {2}.+$`),
  );
});

test('what is said again is said once, and what a program repeats at will is bounded', () => {
  const remarks = new Remarks();
  for (let at = 0; at < 50; at++) remarks.add(`remark ${at % 25}`);
  expect(remarks.list()).toHaveLength(21);
  expect(remarks.list().at(-1)).toBe('and 10 more of this kind');
});
