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
  sealQuery,
  testBody,
  testedSchema,
} from '../wire/credential.js';
import { schemeListSchema } from '../wire/scheme.js';
import { failed, ok } from './answers.js';
import type { Operation } from './operation.js';

const missing = failed(404, 'There is no such credential.');
const noKey = failed(409, 'The key that sealed what is there is missing, or damaged.');

export const secretOrder = {
  title: 'SecretOrder',
  type: 'object',
  properties: {
    secret: { type: 'string', description: 'One that the other side made. Without it one is generated.' },
    keepOldFor: {
      type: 'string',
      description: 'How long the older secrets still count, such as 24h. Without it they end at once.',
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
    path: '/api/v1/schemes',
    id: 'listSchemes',
    tag: 'credentials',
    summary: 'How vendors sign: what `scheme` of a credential can name',
    answers: ok('By name.', schemeListSchema),
  },
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
    query: sealQuery.properties,
    body: definition,
    answers: {
      ...ok('It is sealed.', sealedSchema),
      ...failed(400, 'The name or the body does not fit.'),
      ...noKey,
      ...failed(412, 'With `If-None-Match: *`: there is one of that name.'),
      ...failed(422, 'The definition is wrong, or a secret is missing.'),
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
      ...failed(400, 'The body does not fit.'),
      ...missing,
      ...noKey,
      ...failed(422, 'The credential takes no such secret.'),
    },
  },
  {
    method: 'post',
    path: '/api/v1/credentials/{name}/test',
    id: 'testCredential',
    tag: 'credentials',
    summary: 'Try a credential',
    description:
      'Signs a sample and checks it, or sends a GET with it to `url` through the same guard as the requests of flows. What the other side says is not repeated beyond its status.',
    body: testBody.schema,
    answers: { ...ok('What came of it.', testedSchema), ...missing, ...failed(409, 'It cannot be used.') },
  },
  {
    method: 'delete',
    path: '/api/v1/credentials/{name}',
    id: 'removeCredential',
    tag: 'credentials',
    summary: 'Remove a sealed credential',
    description: 'Where the credentials file defines the name too, that counts again.',
    query: deleteCredentialQuery.properties,
    answers: { ...ok('It is gone.', removedSchema), ...missing, ...failed(409, 'Flows use it, or only the file defines it.') },
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
