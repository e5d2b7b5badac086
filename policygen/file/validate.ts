// Holds a YAML node against a JSON Schema and says what does not fit, at the place in the file where it does not.
// The keywords are those of from_schema.ts; a test holds the outcome to that of a full JSON Schema validator.
import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Complaint } from './complaint.js';
import { writtenText } from './document.js';
import type { JsonSchema } from './from_schema.js';

type Defs = Readonly<Record<string, JsonSchema>>;

/** Everything about `node` that `schema` does not admit. */
export function validate(node: unknown, schema: JsonSchema, defs: Defs, at = 0): Complaint[] {
  const wanted = resolve(schema, defs);
  const place = startOf(node) ?? at;
  if (wanted.anyOf) return validateAny(node, wanted, defs, place);
  if (wanted.enum) return validateWord(node, wanted, place);
  if (wanted.const !== undefined) return validateConst(node, wanted, place);
  if (!fits(node, wanted.type)) return [mismatch(node, [said(wanted)], place)];
  if (isMap(node)) return validateMap(node, wanted, defs, place);
  if (isSeq(node)) return validateList(node, wanted, defs, place);
  return isScalar(node) ? validateScalar(node.value, wanted, place) : [];
}

/** Offset of a node of a document. */
export function startOf(node: unknown): number | null {
  return isMap(node) || isSeq(node) || isScalar(node) ? (node.range?.[0] ?? null) : null;
}

function resolve(schema: JsonSchema, defs: Defs): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const named = defs[schema.$ref.slice('#/$defs/'.length)];
  if (named === undefined) throw new Error(`schema without ${schema.$ref}`);
  return named;
}

function typeOf(node: unknown): string {
  if (isMap(node)) return 'object';
  if (isSeq(node)) return 'array';
  const value = isScalar(node) ? node.value : null;
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}

function fits(node: unknown, type: JsonSchema['type']): boolean {
  const found = typeOf(node);
  return type === undefined || found === type || (type === 'number' && found === 'integer');
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  null: 'nothing',
};

function said(schema: JsonSchema): string {
  if (schema.type !== undefined) return typeWords[schema.type]!;
  const title = schema.title ?? 'value';
  return `${/^[aeiou]/.test(title) ? 'an' : 'a'} ${title}`;
}

function mismatch(node: unknown, wanted: readonly string[], at: number): Complaint {
  const found = typeOf(node);
  const plain = wanted.includes('text') && !['array', 'object', 'null'].includes(found) ? writtenText(node) : null;
  return { code: 'TYPE', wanted: [...new Set(wanted)], found: typeWords[found] ?? found, plain, at };
}

function validateAny(node: unknown, schema: JsonSchema, defs: Defs, at: number): Complaint[] {
  const branches = schema.anyOf!.map((branch) => resolve(branch, defs));
  const tried = branches.map((branch) => ({ branch, wrong: validate(node, branch, defs, at) }));
  if (tried.some(({ wrong }) => wrong.length === 0)) return [];
  // What is of a branch's type was meant to be that: its own complaints are the useful ones.
  const meant = tried.find(({ branch }) => fits(node, branch.enum ? 'string' : branch.type));
  if (meant === undefined) return [mismatch(node, branches.map(said), at)];
  const form = meant.wrong.find((one) => one.code === 'FORM');
  return form === undefined ? meant.wrong : [{ ...form, what: schema.title ?? form.what }];
}

function validateWord(node: unknown, schema: JsonSchema, at: number): Complaint[] {
  if (isScalar(node) && schema.enum!.includes(node.value as string)) return [];
  const word = writtenText(node);
  if (word === null) return [mismatch(node, [said(schema)], at)];
  return [{ code: 'WORD_UNKNOWN', what: schema.title ?? 'word', word, known: schema.enum!, at }];
}

function validateConst(node: unknown, schema: JsonSchema, at: number): Complaint[] {
  const value = isScalar(node) ? node.value : undefined;
  if (value === schema.const) return [];
  const known = schema.const;
  if (typeof value !== typeof known) return [mismatch(node, [said({ ...schema, type: 'integer' })], at)];
  if (typeof value === 'number' && typeof known === 'number' && Number.isInteger(value) && value > known)
    return [{ code: 'NEWER', version: value, known, at }];
  return [
    { code: 'WORD_UNKNOWN', what: schema.title ?? 'value', word: writtenText(node) ?? '', known: [`${known}`], at },
  ];
}

function validateScalar(value: unknown, schema: JsonSchema, at: number): Complaint[] {
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0)) return [{ code: 'EMPTY', what: schema.title ?? 'text', at }];
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
      return [{ code: 'FORM', what: schema.title ?? 'value', text: value, at }];
  }
  const least = schema.minimum;
  if (typeof value === 'number' && least !== undefined && !(value >= least)) return [{ code: 'SMALL', least, at }];
  return [];
}

function validateMap(map: YAMLMap, schema: JsonSchema, defs: Defs, at: number): Complaint[] {
  const found: Complaint[] = [];
  const seen = new Set<string>();
  const of = schema.title === undefined ? 'this map' : said({ title: schema.title });
  for (const pair of map.items) {
    const place = startOf(pair.key) ?? at;
    const key = writtenText(pair.key);
    if (key === null) {
      found.push({ code: 'KEY_NO_TEXT', at: place });
      continue;
    }
    if (seen.has(key)) found.push({ code: 'KEY_TWICE', key, at: place });
    seen.add(key);
    found.push(...validatePair(key, pair.value, schema, defs, place, of));
  }
  for (const key of schema.required ?? []) if (!seen.has(key)) found.push({ code: 'KEY_MISSING', key, of, at });
  if (seen.size < (schema.minProperties ?? 0)) found.push({ code: 'EMPTY', what: 'this map', at });
  return found;
}

function validatePair(
  key: string,
  value: unknown,
  schema: JsonSchema,
  defs: Defs,
  at: number,
  of: string,
): Complaint[] {
  const own = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties![key] : undefined;
  if (own !== undefined) return validate(value, own, defs, at);
  if (schema.additionalProperties === false)
    return [{ code: 'KEY_UNKNOWN', key, of, known: Object.keys(schema.properties ?? {}), at }];
  const named = schema.propertyNames ? resolve(schema.propertyNames, defs) : {};
  return [
    ...validateScalar(key, named, at),
    ...(schema.additionalProperties ? validate(value, schema.additionalProperties, defs, at) : []),
  ];
}

function validateList(list: YAMLSeq, schema: JsonSchema, defs: Defs, at: number): Complaint[] {
  const found: Complaint[] = [];
  if (list.items.length < (schema.minItems ?? 0)) found.push({ code: 'EMPTY', what: schema.title ?? 'this list', at });
  const seen = new Set<string>();
  for (const item of list.items) {
    if (schema.items) found.push(...validate(item, schema.items, defs, at));
    const text = writtenText(item);
    if (schema.uniqueItems === true && text !== null && seen.has(text))
      found.push({ code: 'ITEM_TWICE', item: text, at: startOf(item) ?? at });
    if (text !== null) seen.add(text);
  }
  return found;
}
