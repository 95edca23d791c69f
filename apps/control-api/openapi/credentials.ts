import type { JsonSchema } from '@millrace/component-sdk';
import {
  credentialListSchema,
  credentialSchema,
  deleteCredentialQuery,
  keySchema,
  newSecretSchema,
  removedSchema,
  rotatedSchema,
  sealedSchema,
} from '../wire/credential.js';
import { failureSchema } from '../wire/problem.js';
import type { Answer, Operation } from './operation.js';

function ok(description: string, schema: JsonSchema): Readonly<Record<number, Answer>> {
  return { 200: { description, schema } };
}

function failure(status: number, description: string): Readonly<Record<number, Answer>> {
  return { [status]: { description, schema: failureSchema } };
}

const missing = failure(404, 'There is no such credential.');
const noKey = failure(409, 'The key that sealed what is there is missing, or damaged.');

const secretOrder = {
  title: 'SecretOrder',
  type: 'object',
  properties: {
    secret: { type: 'string', description: 'One that the other side made. Without it one is generated.' },
    keepOldFor: {
      type: 'string',
      description: 'How long the older secrets still count, such as 24h; hmac only. Without it they end at once.',
    },
  },
  additionalProperties: false,
} as const satisfies JsonSchema;

const definition = {
  title: 'CredentialDefinition',
  type: 'object',
  description:
    'As in the credentials file; where a secret belongs, { "secret": "…" } is sealed, { "env": "NAME" } stays a reference, { "sealed": "<slot>" } keeps the one that is there.',
  properties: { type: { enum: ['none', 'basic', 'api-key', 'hmac'] } },
  required: ['type'],
} as const satisfies JsonSchema;

/** Credentials are written and described, never read out. */
export const credentialOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/credentials',
    id: 'listCredentials',
    tag: 'credentials',
    summary: 'All credentials, without their secrets',
    answers: ok('By name.', credentialListSchema),
  },
  {
    method: 'get',
    path: '/api/v1/credentials/{name}',
    id: 'getCredential',
    tag: 'credentials',
    summary: 'One credential, without its secrets',
    answers: { ...ok('The credential.', credentialSchema), ...missing },
  },
  {
    method: 'put',
    path: '/api/v1/credentials/{name}',
    id: 'sealCredential',
    tag: 'credentials',
    summary: 'Define a credential and seal its secrets',
    description:
      'Takes the place of what was sealed under the name, and goes before the credentials file. All processes take it within two seconds.',
    body: definition,
    answers: {
      ...ok('It is sealed.', sealedSchema),
      ...failure(400, 'The name or the body does not fit.'),
      ...noKey,
      ...failure(422, 'The definition is wrong, or a secret is missing.'),
    },
  },
  {
    method: 'post',
    path: '/api/v1/credentials/{name}/secret',
    id: 'addSecret',
    tag: 'credentials',
    summary: 'Change the secret of a credential',
    description: 'A generated secret is in this answer and can never be seen again. A credential of the file becomes a sealed one.',
    body: secretOrder,
    answers: {
      ...ok('The new secret is the current one.', newSecretSchema),
      ...failure(400, 'The body does not fit.'),
      ...missing,
      ...noKey,
      ...failure(422, 'The credential takes no such secret.'),
    },
  },
  {
    method: 'delete',
    path: '/api/v1/credentials/{name}',
    id: 'removeCredential',
    tag: 'credentials',
    summary: 'Remove a sealed credential',
    description: 'Where the credentials file defines the name too, that counts again.',
    query: deleteCredentialQuery.properties,
    answers: { ...ok('It is gone.', removedSchema), ...missing, ...failure(409, 'Flows use it, or only the file defines it.') },
  },
  {
    method: 'get',
    path: '/api/v1/key',
    id: 'getKey',
    tag: 'credentials',
    summary: 'Which key seals credentials',
    answers: { ...ok('By id; the key itself is never shown.', keySchema), ...noKey },
  },
  {
    method: 'post',
    path: '/api/v1/key/rotate',
    id: 'rotateKey',
    tag: 'credentials',
    summary: 'Change the key and seal everything anew',
    description:
      'With the key file: makes a new key, and drops the old one when nothing needs it. With MILLRACE_KEY: seals with the first key that it names.',
    answers: { ...ok('Everything is sealed with the current key.', rotatedSchema), ...noKey },
  },
];
