import { loadConfig } from '@millrace/config';
import type { FlowFile } from '@millrace/catalog';
import type { CheckedView, PublishedView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { findFlowFiles } from '../validate/files.js';
import { findingLine, type Finding } from '../validate/findings.js';
import { defineCommand, shared } from './define.js';
import { printJson } from './output.js';

const options = { url: shared.url, json: shared.json } as const;

export const deploy = defineCommand({
  usage: 'deploy [files or folders]',
  about: 'Publish flow files on an instance, after all of them were checked there; default: the flows folder.',
  options,
  run: (values, paths) => withClient(values.url, (client) => deployAll(client, paths, values.json === true)),
});

/** All or nothing where the texts decide: one that does not check stops the others too. */
async function deployAll(client: Client, paths: readonly string[], json: boolean): Promise<number> {
  const files = await readFiles(paths);
  const findings = (await Promise.all(files.map((file) => check(client, file)))).flat();
  if (findings.some(({ severity }) => severity === 'error')) {
    for (const finding of findings) console.error(findingLine(finding));
    console.error('Nothing was deployed.');
    return 1;
  }
  const done: (PublishedView & { flow: string })[] = [];
  for (const { id, text } of files) {
    const result = await client.post<PublishedView>(`flows/${encodeURIComponent(id)}/versions`, { text });
    done.push({ flow: id, ...result });
    if (!json)
      console.log(result.published ? `${id} is live as version ${result.version}` : `${id} is unchanged at version ${result.version}`);
  }
  if (json) printJson(done);
  return 0;
}

async function readFiles(paths: readonly string[]): Promise<readonly FlowFile[]> {
  const { files, findings } = await findFlowFiles(paths, loadConfig());
  if (findings.length > 0) throw new CommandError(findings.map(findingLine).join('\n'));
  if (files.length === 0) throw new CommandError('There are no flow files to deploy. Name files, or a folder that has some.');
  return files;
}

async function check(client: Client, { id, path, text }: FlowFile): Promise<Finding[]> {
  const { problems } = await client.post<CheckedView>(`flows/${encodeURIComponent(id)}/check`, { text });
  return problems.map(({ code, severity, message, line, column }) => ({ file: path, at: { line, column }, severity, code, message }));
}
