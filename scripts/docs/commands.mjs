import { code, page, table } from './markdown.mjs';

export function commandPage(commands) {
  return page('Command line', 'apps/millrace/commands', INTRODUCTION, Object.values(commands).flatMap(commandText));
}

const INTRODUCTION = `In a checkout: \`npm run millrace -- <command>\`, or \`node bin/millrace.mjs <command>\`. Commands that
ask an instance find the one that was started last from this folder (\`$MILLRACE_HOME/url\`), or the one of \`--url\`; the token comes from
\`MILLRACE_TOKEN\` or \`$MILLRACE_HOME/token\`. They end with 0 when all is well, else with 1.
\`millrace --version\` (\`-v\`) prints the version of what is installed here.`;

function commandText({ usage, about, options = {} }) {
  const rows = Object.entries(options).map(([name, option]) => [code(spelling(name, option)), option.about]);
  return [`## millrace ${usage}`, about, ...(rows.length > 0 ? [table(['option', ''], rows)] : [])];
}

function spelling(name, { value }) {
  return value === undefined ? `--${name}` : `--${name} <${value}>`;
}
