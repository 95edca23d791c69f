import type { JsonSchema } from '@millrace/component-sdk';
import { failureSchema } from '../wire/problem.js';
import { millraceVersion } from '../version.js';
import type { Answer, Operation } from './operation.js';
import { operations } from './operations.js';
import { withNamedSchemas } from './named-schemas.js';

const ABOUT = [
  'Flows, events and runs of one Millrace instance.',
  'Every failed request is answered `{ "error": { "code", "message" } }`.',
].join(' ');

const SESSION_NOTE = [
  'Set by opening any GET URL of the API once with `?token=…`.',
  'Whatever changes something then needs the header `x-millrace: 1`.',
].join(' ');

/** What the front door takes; a flow may take less. */
const BODY_TYPES = ['application/json', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', '*/*'];

/** The control API and the front door as an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0). */
export function openApiDocument(): object {
  const { value: paths, schemas } = withNamedSchemas(pathItems());
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version: millraceVersion(),
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'MILLRACE_TOKEN, else the content of $MILLRACE_HOME/token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'millrace_session', description: SESSION_NOTE },
      },
      schemas,
    },
  };
}

function pathItems(): Record<string, Record<string, object>> {
  const items: Record<string, Record<string, object>> = {};
  for (const operation of operations) items[operation.path] = { ...items[operation.path], [operation.method]: operationObject(operation) };
  return items;
}

function operationObject(operation: Operation): object {
  const answers = { ...guardAnswers(operation), ...operation.answers };
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(operation.open ? { security: [] } : {}),
    parameters: [...pathParameters(operation.path), ...queryParameters(operation.query ?? {})],
    ...requestBody(operation),
    responses: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseObject(answer)])),
  };
}

function requestBody({ tag, body }: Operation): object {
  if (body !== undefined) return { requestBody: { required: true, content: { 'application/json': { schema: body } } } };
  return tag === 'front door' ? { requestBody: ANY_BODY } : {};
}

/** What the guard answers before the operation is reached. */
function guardAnswers({ open, method, path }: Operation): Record<number, Answer> {
  if (open || !path.startsWith('/api/')) return {};
  const guarded = {
    400: { description: 'A part of the path cannot be read, or there is no such parameter.', schema: failureSchema },
    401: { description: 'The token is missing or wrong.', schema: failureSchema },
    421: { description: 'The Host header names another machine, while this one listens for itself only.', schema: failureSchema },
    503: {
      description: '`database.away`: the database cannot be reached just now; `Retry-After` says when to ask again.',
      schema: failureSchema,
    },
  };
  if (method === 'get') return guarded;
  return { ...guarded, 403: { description: 'A cookie without the header `x-millrace: 1`.', schema: failureSchema } };
}

const ANY_BODY = { content: Object.fromEntries(BODY_TYPES.map((type) => [type, { schema: {} }])) };

function pathParameters(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters(query: Readonly<Record<string, JsonSchema>>): object[] {
  return Object.entries(query).map(([name, { description, ...schema }]) => ({ name, in: 'query', description, schema }));
}

function responseObject({ description, schema, type = 'application/json', headers = {} }: Answer): object {
  const content = { [type]: schema === undefined ? {} : { schema } };
  const described = Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]);
  return { description, ...(described.length > 0 ? { headers: Object.fromEntries(described) } : {}), content };
}
