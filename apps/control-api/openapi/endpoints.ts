import { newSecretSchema } from '../wire/credential.js';
import {
  deleteEndpointQuery,
  endpointActivityQuery,
  endpointActivitySchema,
  endpointBody,
  endpointListSchema,
  endpointRefusedSchema,
  endpointSchema,
  endpointStaleSchema,
  keptEndpointSchema,
  removedEndpointSchema,
} from '../wire/endpoint.js';
import { secretOrder } from './credentials.js';
import { failed, ok } from './answers.js';
import type { Operation } from './operation.js';

const missing = failed(404, 'There is no such endpoint.');

/** Shared endpoints. What receives at their URLs is the front door. */
export const endpointOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/endpoints',
    id: 'listEndpoints',
    tag: 'endpoints',
    summary: 'All shared endpoints, of the file and made here',
    answers: ok('By name.', endpointListSchema),
  },
  {
    method: 'get',
    path: '/api/v1/endpoints/{name}',
    id: 'getEndpoint',
    tag: 'endpoints',
    summary: 'One shared endpoint',
    answers: { ...ok('The endpoint.', endpointSchema), ...missing },
  },
  {
    method: 'get',
    path: '/api/v1/endpoints/{name}/activity',
    id: 'getEndpointActivity',
    tag: 'endpoints',
    summary: 'What came to an endpoint lately',
    query: endpointActivityQuery.properties,
    answers: { ...ok('By the hour.', endpointActivitySchema), ...failed(400, 'A parameter does not fit.'), ...missing },
  },
  {
    method: 'put',
    path: '/api/v1/endpoints/{name}',
    id: 'keepEndpoint',
    tag: 'endpoints',
    summary: 'Make or change a shared endpoint',
    description:
      'Goes before `endpoints.json`, whole. Its URL takes requests at once, also while no flow listens; all processes follow within two seconds.',
    body: endpointBody.schema,
    answers: {
      ...ok('It is kept.', keptEndpointSchema),
      ...failed(400, 'The name or the body does not fit.'),
      409: { description: '`endpoint.stale`: it has changed since. Or the key that seals is missing.', schema: endpointStaleSchema },
      422: { description: '`endpoint.does-not-check`, or what is to be generated is no credential.', schema: endpointRefusedSchema },
    },
  },
  {
    method: 'post',
    path: '/api/v1/endpoints/{name}/secret',
    id: 'addEndpointSecret',
    tag: 'endpoints',
    summary: 'Change the secret of an endpoint',
    description:
      'That of its credential, which others may use too. A generated secret is in this answer and can never be seen again. While an older one still counts, the log says each day that it is used.',
    body: secretOrder,
    answers: {
      ...ok('The new secret is the current one.', newSecretSchema),
      ...failed(400, 'The body does not fit.'),
      ...missing,
      ...failed(409, '`endpoint.open`: it has no credential. Or the key that seals is missing.'),
      ...failed(422, 'The credential takes no such secret.'),
    },
  },
  {
    method: 'delete',
    path: '/api/v1/endpoints/{name}',
    id: 'removeEndpoint',
    tag: 'endpoints',
    summary: 'Remove an endpoint that was made here',
    description:
      'Its URL closes at once, and the credential that was made for it goes too. Where `endpoints.json` declares the name, that counts again.',
    query: deleteEndpointQuery.properties,
    answers: {
      ...ok('It is gone.', removedEndpointSchema),
      ...missing,
      ...failed(409, 'Flows listen to it, or only the file declares it.'),
    },
  },
];
