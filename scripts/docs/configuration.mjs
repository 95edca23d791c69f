import { code, page, table } from './markdown.mjs';

export function configurationPage(settings) {
  const rows = Object.values(settings).map(({ variable, shownDefault, about }) => [code(variable), code(shownDefault), about]);
  return page('Configuration', 'libs/config/settings.ts', INTRODUCTION, table(['variable', 'default', ''], rows), SECRETS);
}

const INTRODUCTION = `Millrace is configured by environment variables. A file \`.env\` in the working directory fills in
what the environment does not say itself. All mistakes are reported at once, at the start.`;

const SECRETS = `Secrets of credentials have names of your choice: \`{ "env": "NAME" }\` in \`credentials.json\` refers to the variable
\`NAME\`.`;
