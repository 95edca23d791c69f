import { loadConfig } from '@millrace/config';
import { defineCommand } from './define.js';
import { printJson } from './output.js';

export const validate = defineCommand({
  usage: 'validate [files or folders]',
  about: 'Check flows, the credentials file and plugins, without a database; default: the flows folder.',
  options: {
    'without-secrets': { about: 'A variable that is not set is only a warning: for a build server.' },
    json: { about: 'Print the problems as JSON.' },
  },
  run: async (values, paths) => {
    // Loaded here, so that the other commands do not wait for the components.
    const { findingLine, summary, validate: check } = await import('../validate/index.js');
    const { flows, findings } = await check({ config: loadConfig(), paths, withoutSecrets: values['without-secrets'] === true });
    if (values.json) printJson(findings);
    else for (const finding of findings) console.log(findingLine(finding));
    console.error(summary(flows, findings));
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
});
