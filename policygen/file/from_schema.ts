// The part of JSON Schema that the system file is described with, and the TypeScript type of what it admits: one
// definition, so that the schema, the parser and the types cannot disagree.

export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

type Scalar<T> = T extends 'string'
  ? string
  : T extends 'number' | 'integer'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : never;

type RequiredOf<S> = S extends { required: readonly (infer K)[] } ? K : never;

type Fields<P, R, Defs> = { readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K], Defs> } & {
  readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K], Defs>;
};

type Flat<T> = { [K in keyof T]: T[K] };

/** The type of the values that schema S admits, names of `$ref` looked up in Defs. */
export type FromSchema<S, Defs> = S extends { $ref: `#/$defs/${infer Name extends keyof Defs & string}` }
  ? FromSchema<Defs[Name], Defs>
  : S extends { const: infer C }
    ? C
    : S extends { enum: readonly (infer E)[] }
      ? E
      : S extends { anyOf: readonly (infer A)[] }
        ? A extends unknown
          ? FromSchema<A, Defs>
          : never
        : S extends { type: 'array'; items: infer I }
          ? readonly FromSchema<I, Defs>[]
          : S extends { type: 'object'; properties: infer P }
            ? Flat<Fields<P, RequiredOf<S>, Defs>>
            : S extends { type: 'object'; additionalProperties: infer V }
              ? Readonly<Record<string, FromSchema<V, Defs>>>
              : S extends { type: infer T }
                ? Scalar<T>
                : never;
