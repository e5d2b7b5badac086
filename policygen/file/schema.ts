// The system file's schema. system.schema.json is this, printed (scripts/schema.mjs); the parser walks it; the types of
// model.ts are derived from it. What no schema can say (known VMs, patterns, cycles) stands in check.ts.
import { FORMAT, OPS } from '../../native/contract/words.js';
import type { JsonSchema } from './from_schema.js';

const text = { type: 'string', minLength: 1 } as const;

export const DEFS = {
  text: { ...text, title: 'text' },
  vm: { type: 'string', title: 'VM name', pattern: '^(?!(host|net)$)[a-z][a-z0-9-]{0,62}$' },
  plain: {
    title: 'text or number',
    description: 'An argument or a value of the environment: what is written is what the program gets.',
    anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
  },
  argv: { type: 'array', title: 'list of arguments', minItems: 1, items: { $ref: '#/$defs/plain' } },
  op: { title: 'operation', enum: OPS },
  bytes: {
    title: 'size',
    description: 'Bytes, or a number with K, M, G or T.',
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: '^[0-9]{1,9}[KMGTkmgt]$' },
    ],
  },
  seconds: {
    title: 'time',
    description: 'Seconds, or a number with s, m or h.',
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: '^[0-9]{1,9}[smh]$' },
    ],
  },
  limits: {
    type: 'object',
    additionalProperties: false,
    properties: {
      memory: { $ref: '#/$defs/bytes' },
      processes: { type: 'integer', minimum: 0 },
      cpu: { $ref: '#/$defs/seconds', description: 'CPU time.' },
      disk: { $ref: '#/$defs/bytes' },
      wall: { $ref: '#/$defs/seconds', description: 'Time on the clock.' },
    },
  },
  member: {
    type: 'object',
    title: 'VM',
    required: ['program'],
    additionalProperties: false,
    properties: {
      program: { $ref: '#/$defs/argv', description: 'The program and its arguments.' },
      cwd: {
        $ref: '#/$defs/text',
        description:
          'Folder inside the VM that the program starts in, counted from the folder of this file; made there if need be.',
      },
      user: {
        title: 'user',
        description: 'Who the program is: a name or a number, never root.',
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'integer', minimum: 1 },
        ],
      },
      windows: { title: 'Windows version', enum: ['win7', 'win8', 'win81', 'win10', 'win11'] },
      display: { title: 'display', enum: ['none', 'private', 'host'] },
      limits: { $ref: '#/$defs/limits' },
      mounts: {
        type: 'object',
        description: 'Folders of the VM, each with the folder of the host shown there, copy-on-write.',
        additionalProperties: { $ref: '#/$defs/text' },
      },
      env: { type: 'object', additionalProperties: { $ref: '#/$defs/plain' } },
      setup: {
        type: 'array',
        description: 'Commands run once in the life of the VM’s layer.',
        items: { $ref: '#/$defs/argv' },
      },
      after: {
        type: 'array',
        description: 'VMs that must be ready before this one starts.',
        uniqueItems: true,
        items: { $ref: '#/$defs/vm' },
      },
      ready: { $ref: '#/$defs/text', description: 'An operation and its object: seen, the VM is ready.' },
    },
  },
  evidence: {
    type: 'object',
    additionalProperties: false,
    properties: {
      runs: { type: 'integer', minimum: 0 },
      of: { type: 'integer', minimum: 0 },
      times: { type: 'integer', minimum: 0 },
      first: { $ref: '#/$defs/instant' },
      last: { $ref: '#/$defs/instant' },
    },
  },
  instant: {
    type: 'string',
    title: 'time of day (2026-11-22T10:00:00Z)',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$',
  },
  rule: {
    type: 'object',
    title: 'rule',
    required: ['allow', 'from', 'to', 'object'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', title: 'rule id', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' },
      allow: {
        title: 'operation or list of operations',
        anyOf: [
          { $ref: '#/$defs/op' },
          { type: 'array', minItems: 1, uniqueItems: true, items: { $ref: '#/$defs/op' } },
        ],
      },
      from: { $ref: '#/$defs/text', description: 'A VM, or vm:image.' },
      to: { $ref: '#/$defs/text', description: 'A VM, host, net, or host:image.' },
      object: { $ref: '#/$defs/text', description: 'The name: a pattern.' },
      state: { title: 'state', enum: ['proposed', 'accepted', 'refused'] },
      needed: { title: 'need', enum: ['proven', 'seen', 'optional', 'unknown'] },
      evidence: { $ref: '#/$defs/evidence' },
      access: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { title: 'access', enum: ['read', 'write', 'execute', 'create', 'delete'] },
      },
      args: {
        type: 'array',
        description: 'One pattern for each argument after the program.',
        items: { $ref: '#/$defs/plain' },
      },
      phase: { title: 'phase', enum: ['startup'] },
      operation: { $ref: '#/$defs/plain', description: 'RPC operation.' },
      message: { $ref: '#/$defs/plain', description: 'Window message.' },
      title: { $ref: '#/$defs/text', description: 'Window title.' },
      carrier: { $ref: '#/$defs/text', description: 'A rule’s id, or argv.' },
      carry: { title: 'way to carry', enum: ['relay'] },
      decided: {
        type: 'object',
        additionalProperties: false,
        properties: { by: { $ref: '#/$defs/text' }, at: { $ref: '#/$defs/instant' } },
      },
      note: { $ref: '#/$defs/text' },
    },
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

export const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'system file',
  description: 'VMs that work together, and the rules for what crosses their walls.',
  type: 'object',
  required: ['shuttle', 'vms'],
  additionalProperties: false,
  properties: {
    shuttle: { const: FORMAT, title: 'format version' },
    system: { type: 'string', title: 'system name', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
    main: { $ref: '#/$defs/vm', description: 'Its exit ends a run.' },
    vms: {
      type: 'object',
      minProperties: 1,
      propertyNames: { $ref: '#/$defs/vm' },
      additionalProperties: { $ref: '#/$defs/member' },
    },
    check: { $ref: '#/$defs/text', description: 'Command run on the host after the run; non-zero means it failed.' },
    rules: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/rule' } }, { type: 'null' }] },
  },
  $defs: DEFS,
} as const satisfies JsonSchema & { $schema: string };
