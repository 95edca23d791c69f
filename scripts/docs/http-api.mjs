import { code, page, sentence, table } from './markdown.mjs';
import { typeText } from './schema-text.mjs';

export function httpApiPage({ paths, components }) {
  const operations = Object.entries(paths).flatMap(([path, item]) => operationsOf(path, item));
  const tags = [...new Set(operations.flatMap(({ tags: [tag] }) => tag))];
  return page(
    'HTTP API',
    'apps/control-api',
    INTRODUCTION,
    tags.flatMap((tag) => [`## ${capital(tag)}`, ...operations.filter(({ tags: [own] }) => own === tag).flatMap(operationText)]),
    '## Answers',
    Object.entries(components.schemas).flatMap(schemaText),
  );
}

const INTRODUCTION = `The same as [openapi.json](openapi.json), to be read. Everything under \`/api/v1\` needs the token:
\`Authorization: Bearer …\`, or the cookie that a browser gets by opening any URL once with \`?token=…\`. The token is
\`MILLRACE_TOKEN\`, else the content of \`$MILLRACE_HOME/token\`. With the cookie, whatever changes something also needs the
header \`x-millrace: 1\`. Failed requests are answered \`{ "error": { "code", "message" } }\`. Lists are newest first;
\`next\` is the \`before\` of the next page. Times are ISO 8601, ids UUIDs.`;

function operationsOf(path, item) {
  return Object.entries(item).map(([method, operation]) => ({ path, method, ...operation }));
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function operationText({ path, method, summary, description, parameters, requestBody, responses }) {
  const query = parameters
    .filter(({ in: place }) => place === 'query')
    .map(({ name, description: about, schema }) => [code(name), typeText(schema), about]);
  return [
    `### ${method.toUpperCase()} ${path}`,
    sentence(`${summary}.`, description),
    ...bodyText(requestBody),
    ...(query.length > 0 ? [table(['parameter', 'type', ''], query)] : []),
    table(
      ['status', 'answer', ''],
      Object.entries(responses).map(([status, response]) => [status, answerText(response), response.description]),
    ),
  ];
}

function bodyText({ content = {} } = {}) {
  const reference = content['application/json']?.schema?.$ref;
  return reference === undefined ? [] : [`Body: ${link(reference)}.`];
}

function answerText({ content }) {
  const [[type, { schema }] = ['', {}]] = Object.entries(content);
  if (schema?.$ref) return link(schema.$ref);
  if (schema?.oneOf?.every(({ $ref }) => $ref)) return schema.oneOf.map(({ $ref }) => link($ref)).join(' or ');
  return code(type);
}

function link(reference) {
  const name = reference.split('/').at(-1);
  return `[${name}](#${name.toLowerCase()})`;
}

function schemaText([name, { properties, required = [] }]) {
  const rows = Object.entries(properties ?? {}).map(([member, schema]) => [
    code(member),
    schema.$ref ? link(schema.$ref) : typeText(schema),
    sentence(required.includes(member) ? '' : 'Not always there.', schema.description),
  ]);
  return [`### ${name}`, table(['member', 'type', ''], rows)];
}
