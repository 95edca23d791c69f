import { code, page, sentence, table } from './markdown.mjs';
import { limitText, typeText } from './schema-text.mjs';

const IDEMPOTENCY = {
  yes: 'Repeating it changes nothing, so it is retried whatever went wrong on the way.',
  'with-key': 'The vendor drops repeats with the same idempotency key, so it is retried whatever went wrong on the way.',
  no: 'It may act twice, so it is retried only when the request certainly did not arrive, unless `retry.on` of the step says more.',
};

export function componentPage(components) {
  const sorted = [...components].sort((a, b) => (a.name < b.name ? -1 : 1));
  const contents = table(
    ['component', ''],
    sorted.map(({ name, title }) => [`[${code(name)}](#${anchor(name)})`, title]),
  );
  return page('Components', 'libs/components', INTRODUCTION, contents, sorted.flatMap(component));
}

const INTRODUCTION = `What the \`use\` of a step can name without any plugin. Values of \`with\` may hold expressions; what they give is
checked against these types.`;

function anchor(name) {
  return name.replace(/[^a-z0-9-]/g, '');
}

function component({ name, title, description, props, output, credential, idempotent = 'no', timeout }) {
  return [
    `## ${name}`,
    sentence(`**${title}.**`, description),
    properties('with', props) ?? 'It takes nothing in `with`.',
    outputText(output),
    [
      `- Credential: ${credentialText(credential)}`,
      `- Retries: ${IDEMPOTENCY[idempotent]}`,
      ...(timeout ? [`- Timeout: ${timeout}, unless the step or \`defaults\` says otherwise.`] : []),
    ].join('\n'),
  ];
}

function outputText(output) {
  if (!output) return 'Its output is not described; references to it are not checked.';
  return properties('steps.<id>', output) ?? `Its output is ${typeText(output)}.`;
}

function properties(heading, { properties: members, required = [] }) {
  const rows = Object.entries(members ?? {}).map(([name, schema]) => [
    code(name),
    typeText(schema),
    required.includes(name) ? 'yes' : '',
    sentence(schema.description, limitText(schema)),
  ]);
  return rows.length === 0 ? undefined : table([code(heading), 'type', heading === 'with' ? 'required' : 'always', ''], rows);
}

function credentialText(credential) {
  if (!credential) return 'none.';
  return `${credential.required ? 'required' : 'optional'}, of type ${credential.types.map(code).join(', ')}.`;
}
