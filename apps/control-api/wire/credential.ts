import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { exactly, textOrNull, timeOrNull } from './parts.js';
import { defineQuery } from './query.js';

export const deleteCredentialQuery = defineQuery({
  force: { type: 'boolean', description: 'Also while flows use it; they are not enabled then.' },
});

export const sealQuery = defineQuery({
  generate: { type: 'boolean', description: 'Make the secret here: the definition leaves it out.' },
});

export const testBody = defineBody({
  title: 'CredentialTest',
  type: 'object',
  properties: {
    url: { type: 'string', description: 'Send a GET with it there. Without one a sample is signed and checked here, and nothing is sent.' },
  },
  additionalProperties: false,
} as const);

export const testedSchema = exactly('TestedCredential', {
  ok: { type: 'boolean' },
  message: { type: 'string', description: 'What was tried and what came of it.' },
  status: { type: ['integer', 'null'], description: 'What the other side answered; null where nothing was sent, or nobody answered.' },
});

const credentialMembers = {
  name: { type: 'string' },
  type: { type: 'string', description: 'none, basic, api-key or hmac.' },
  source: { enum: ['file', 'sealed'], description: 'Where it is defined. Of one name in both, the sealed one counts.' },
  shadowsFile: { type: 'boolean', description: 'It is sealed, and the credentials file defines the same name.' },
  usable: { type: 'boolean' },
  missing: { ...textOrNull, description: 'The environment variable that it waits for.' },
  problem: { ...textOrNull, description: 'Why it cannot be used otherwise.' },
  definition: { description: 'Without secrets: variables by name, sealed ones by slot.' },
  usedBy: {
    type: 'array',
    items: { type: 'string' },
    description: 'Flows whose live version names it, and shared endpoints as `endpoints/<name>`.',
  },
  updatedAt: { ...timeOrNull, description: 'When it was sealed last.' },
  expiresAt: { ...timeOrNull, description: 'When the last of its secrets ends, and nothing is accepted any more; null: never.' },
  oldSecretUntil: { ...timeOrNull, description: 'Until when a secret that was replaced still counts.' },
  lastSuccessAt: { ...timeOrNull, description: 'When a request last proved itself with it, or another side took it.' },
  lastFailureAt: timeOrNull,
  lastFailure: {
    ...exactly('CredentialFailure', { code: { type: 'string' }, reason: { type: 'string' } }),
    type: ['object', 'null'],
  },
} as const;

export const credentialSchema = exactly('Credential', credentialMembers);
export const credentialListSchema = exactly('CredentialList', { items: { type: 'array', items: credentialSchema } });

export const sealedSchema = exactly('SealedCredential', {
  name: { type: 'string' },
  secret: { ...textOrNull, description: 'The generated secret. It is shown here and never again; null where the caller brought one.' },
  warnings: { type: 'array', items: { type: 'string' }, description: 'It works, but is weaker than it should be.' },
});

export const newSecretSchema = exactly('NewSecret', {
  name: { type: 'string' },
  secret: { ...textOrNull, description: 'The generated secret. It is shown here and never again; null where the caller brought one.' },
  keepUntil: { ...timeOrNull, description: 'Until when the older secrets count; null: they ended at once.' },
  warnings: { type: 'array', items: { type: 'string' } },
});

export const removedSchema = exactly('RemovedCredential', {
  removed: { type: 'boolean', description: 'Whether something was sealed under the name.' },
});

export const keySchema = exactly('SealKey', {
  current: { ...textOrNull, description: 'The id of the key that seals; null while there is none.' },
  older: { type: 'array', items: { type: 'string' }, description: 'Keys that are there to open what they sealed.' },
});

export const rotatedSchema = exactly('RotatedKey', {
  current: { type: 'string', description: 'The id of the key that seals now.' },
  resealed: { type: 'integer', minimum: 0, description: 'Credentials that were sealed anew.' },
});

export type CredentialItem = Infer<typeof credentialSchema>;
export type CredentialList = Infer<typeof credentialListSchema>;
export type SealedCredential = Infer<typeof sealedSchema>;
export type TestedCredential = Infer<typeof testedSchema>;
export type NewSecret = Infer<typeof newSecretSchema>;
export type RemovedCredential = Infer<typeof removedSchema>;
export type SealKeyView = Infer<typeof keySchema>;
export type RotatedKey = Infer<typeof rotatedSchema>;
