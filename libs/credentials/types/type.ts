import type { CredentialTypeName, CredentialView, JsonSchema } from '@millrace/component-sdk';
import type { Credential, SecretRef } from '../credential.js';
import type { Report } from '../problem.js';
import { rateSchema, type RateConfig } from '../rate.js';
import { mostSecrets } from '../rotation.js';

/** What a credential type gets to build a credential from its entry, which has the shape of its schema. */
export interface Build {
  readonly name: string;
  readonly baseUrl: string | undefined;
  /** Problems that stop the credential from being created. */
  readonly report: Report;
  /** Advice that does not. */
  readonly warn: Report;
  /** The value of a reference, never empty; undefined when that was reported already. */
  secret(ref: SecretRef): string | undefined;
}

/** A credential type: one file in this folder and one line in `index.ts`. */
export interface CredentialType<Config> {
  readonly name: CredentialTypeName;
  /** Of one entry; stands alone, so that it can be embedded anywhere. */
  readonly schema: JsonSchema;
  /** Whatever it returns is dropped when something was reported. */
  create(config: Config, build: Build): Credential | undefined;
}

/** Keys that every type has. */
export interface CommonConfig {
  /** Points the vendor's components elsewhere: a sandbox, a local stand-in. */
  readonly baseUrl?: string;
  /** How often steps may use it, so that the vendor's own limit is kept. */
  readonly rate?: RateConfig;
  readonly note?: string;
}

export const commonProperties = {
  baseUrl: { type: 'string', minLength: 1, description: 'An absolute URL that replaces the address of the vendor: a sandbox, a stand-in.' },
  rate: rateSchema,
  note: { type: 'string', description: 'A remark for people.' },
} as const satisfies Record<string, JsonSchema>;

/** Keys that start with `x-` are free in every object. */
export const freeKeys = { '^x-': {} } as const;

export const secretRefSchema = {
  type: 'object',
  description: 'A reference to a secret, { "env": "NAME_OF_THE_VARIABLE" }, never the secret itself',
  properties: {
    env: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'The name of an environment variable' },
  },
  patternProperties: freeKeys,
  required: ['env'],
  additionalProperties: false,
} as const satisfies JsonSchema;

export const secretListSchema = {
  type: 'array',
  description: 'A list of one to five references, the current one first',
  minItems: 1,
  maxItems: mostSecrets,
  items: {
    ...secretRefSchema,
    properties: {
      ...secretRefSchema.properties,
      notAfter: { type: 'string', description: 'When it stops counting: 2026-12-31T23:59:59Z' },
    },
  },
} as const satisfies JsonSchema;

/** The schema of one type's entry. */
export function entrySchema(
  type: CredentialTypeName,
  description: string,
  properties: Record<string, JsonSchema>,
  required: readonly string[],
): JsonSchema {
  return {
    type: 'object',
    description,
    properties: { type: { const: type }, ...properties, ...commonProperties },
    patternProperties: freeKeys,
    required: ['type', ...required],
    additionalProperties: false,
  };
}

/** The part of a view that depends on the entry. */
export function viewOf({ baseUrl }: Build, extra: Partial<CredentialView> = {}): Partial<CredentialView> {
  return { ...extra, ...(baseUrl !== undefined && { baseUrl }) };
}

/** A short key can be guessed; vendors' own tokens are longer. */
export const weakBelowCharacters = 16;
