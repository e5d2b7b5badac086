import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Document, parseDocument } from 'yaml';
import type { RawSystem } from '../../../policygen/file/model.js';
import { DEFS, SCHEMA } from '../../../policygen/file/schema.js';
import { validate } from '../../../policygen/file/validate.js';
import { ORDERS } from './orders.js';

const published = new URL('../../../policygen/file/system.schema.json', import.meta.url);
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
const full = ajv.compile(SCHEMA);
const ours = (document: Document.Parsed) => validate(document.contents, SCHEMA, DEFS).length === 0;

test('the published schema is the parser’s own', () => {
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(SCHEMA)));
});

test('the types are the schema’s', () => {
  const good: RawSystem = {
    shuttle: 1,
    vms: { a: { program: ['x', 5], windows: 'win10', limits: { memory: '1G' } } },
    rules: [{ allow: ['file.read'], from: 'a', to: 'host', object: '/x', access: ['read'] }],
  };
  expect(full(good)).toBe(true);
  // @ts-expect-error no such Windows
  const windows: RawSystem = { shuttle: 1, vms: { a: { program: ['x'], windows: 'win95' } } };
  const rule: RawSystem = {
    shuttle: 1,
    vms: { a: { program: ['x'] } },
    // @ts-expect-error a rule needs an object
    rules: [{ allow: 'file.read', from: 'a', to: 'b' }],
  };
  // @ts-expect-error no such operation
  const op: RawSystem = { shuttle: 1, vms: {}, rules: [{ allow: 'pipe.fly', from: 'a', to: 'b', object: 'x' }] };
  expect([windows, rule, op].some((one) => full(one))).toBe(false);
});

test('a full validator and ours agree on the design’s example and on every value changed in it', () => {
  const values = [
    null,
    true,
    0,
    -1,
    1.5,
    '',
    'x',
    'host',
    'A b',
    '5M',
    '5m',
    [],
    ['x'],
    ['x', 'x'],
    {},
    { x: 1 },
    { read: 'x' },
  ];
  const rule = {
    allow: 'tcp.connect',
    from: 'a',
    to: 'a',
    object: 'x',
    access: ['read'],
    decided: { by: 'x' },
    args: ['a'],
  };
  const base = parseDocument(ORDERS).toJS() as Record<string, unknown>;
  const whole = { ...base, rules: [...(base.rules as object[]), rule] };
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]) => {
    paths.push(path);
    if (Array.isArray(value)) for (const [at, item] of value.entries()) walk(item, [...path, at]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(whole, []);
  const differing: string[] = [];
  for (const path of paths) {
    for (const value of [...values, undefined]) {
      const changed = structuredClone(whole) as Record<string | number, unknown>;
      let holder = changed;
      for (const step of path.slice(0, -1)) holder = holder[step] as typeof changed;
      if (path.length === 0) continue;
      if (value === undefined && Array.isArray(holder)) continue;
      if (value === undefined) delete holder[path.at(-1)!];
      else holder[path.at(-1)!] = value;
      const text = JSON.stringify(changed);
      if (full(JSON.parse(text)) !== ours(parseDocument(text)))
        differing.push(`${path.join('.')} = ${JSON.stringify(value)}`);
    }
  }
  expect(differing).toEqual([]);
});

test('and on anything at all', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify({ shuttle: 1, vms: { a: value }, rules: [value] });
      expect(ours(parseDocument(text))).toBe(full(JSON.parse(text)));
    }),
    { numRuns: 300 },
  );
});
