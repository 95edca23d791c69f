import { loadConfig } from '@millrace/config';
import { CommandError } from '../command.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

export const validate = defineCommand({
  usage: 'validate [files or folders]',
  about:
    'Check flows, the credentials file and plugins; default: the flows folder. An instance or DATABASE_URL, where there is one, is asked for what was made there.',
  options: {
    'without-secrets': { about: 'A variable that is not set is only a warning: for a build server.' },
    'files-only': { about: 'Ask nobody: a credential or endpoint that no file declares is an error.' },
    url: shared.url,
    json: { about: 'Print the problems as JSON.' },
  },
  run: async (values, paths) => {
    if (values['files-only'] && values.url !== undefined) throw new CommandError('Take one of --files-only, which asks nobody, and --url.');
    // Loaded here, so that the other commands do not wait for the components.
    const { findMade, findingLine, summary, validate: check } = await import('../validate/index.js');
    const config = loadConfig();
    const made = values['files-only'] ? undefined : await findMade(config, values.url);
    const { flows, findings } = await check({ config, paths, withoutSecrets: values['without-secrets'] === true, ...(made && { made }) });
    if (values.json) printJson(findings);
    else for (const finding of findings) console.log(findingLine(finding));
    console.error(`${summary(flows, findings)}${made && 'saidBy' in made ? `; with what ${made.saidBy} has beside its files` : ''}`);
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  },
});
