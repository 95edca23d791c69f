import type { CredentialTypeName, JsonSchema } from '@millrace/component-sdk';
import { apiKey, type ApiKeyConfig } from './api-key.js';
import { basic, type BasicConfig } from './basic.js';
import { hmac, type HmacConfig } from './hmac.js';
import { none, type NoneConfig } from './none.js';
import type { CredentialType } from './type.js';

/** One entry of the credentials file. */
export type CredentialConfig = NoneConfig | BasicConfig | ApiKeyConfig | HmacConfig;

type TypeTable = { readonly [Name in CredentialTypeName]: CredentialType<Extract<CredentialConfig, { type: Name }>> };

/** Every credential type by its name. */
export const credentialTypes: TypeTable = { none, basic, 'api-key': apiKey, hmac };

/** One entry of the credentials file as JSON Schema: one alternative per type. It holds no `$ref`, so it can be embedded anywhere. */
export const credentialSchema: JsonSchema = {
  title: 'Credential',
  oneOf: Object.values(credentialTypes).map(({ schema }) => schema),
};

/** The type that an entry names; undefined when there is none. The table's keys and its configs correspond, which the cast states. */
export function findCredentialType(name: unknown): CredentialType<CredentialConfig> | undefined {
  if (typeof name !== 'string' || !Object.hasOwn(credentialTypes, name)) return undefined;
  return credentialTypes[name as CredentialTypeName] as CredentialType<CredentialConfig>;
}
