// What MXC's containment contract 1.0.0 says of the keys that we write (its policy and UI pages).
const strings = { type: 'array', items: { type: 'string' } } as const;
const action = { enum: ['allow', 'deny'] } as const;
const closed = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const port = closed({
  protocol: { enum: ['tcp', 'udp', 'icmp', 'any'] },
  port: { type: 'integer', minimum: 1, maximum: 65535 },
});
const cidr = closed({ cidr: { type: 'string', pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' } }, ['cidr']);
const egress = closed({
  default: action,
  allow: {
    type: 'array',
    minItems: 1,
    items: closed({
      to: { type: 'array', minItems: 1, items: cidr },
      ports: { type: 'array', minItems: 1, items: port },
    }),
  },
});

export const MXC = closed(
  {
    version: { const: '1.0.0' },
    containment: {
      enum: ['process', 'processcontainer', 'lxc', 'bubblewrap', 'seatbelt', 'isolation_session', 'wslc'],
    },
    process: closed(
      {
        commandLine: { type: 'string', minLength: 1 },
        cwd: { type: 'string' },
        env: strings,
        inheritDefaultEnv: { type: 'boolean' },
      },
      ['commandLine'],
    ),
    filesystem: closed({ readonlyPaths: strings, readwritePaths: strings, deniedPaths: strings }),
    network: closed({ egress, ingress: closed({ default: action, hostLoopback: action }) }),
    ui: closed({
      disable: { type: 'boolean' },
      clipboard: { enum: ['read', 'write', 'all', 'none'] },
      isolation: { enum: ['desktop', 'handles', 'atoms', 'container'] },
      injection: { type: 'boolean' },
    }),
  },
  ['version', 'process'],
);
