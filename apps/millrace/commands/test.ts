import { join } from 'node:path';
import { loadConfig } from '@millrace/config';
import type { EventView, RunView, StepView } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared, type Values } from './define.js';
import { printJson } from './output.js';

const options = {
  name: { value: 'text', about: 'Only cases whose name contains this; with --from-run, what to call the case.' },
  'from-run': { value: 'id', about: "Add a case to the flow's file instead: what came in, what components gave, how it ended." },
  url: shared.url,
  json: { about: 'Print the results as JSON.' },
} as const;

export const test = defineCommand({
  usage: 'test [flows, files or folders]',
  about: "Run the flows' cases, without a database, network or secrets; default: the flows folder.",
  options,
  run: (values, args) => {
    const { 'from-run': runId, url, json, name } = values;
    if (runId === undefined && url !== undefined) throw new CommandError('Cases run here: --url goes with --from-run only.');
    if (runId === undefined) return runCases(values, args);
    if (args.length > 0 || json) throw new CommandError('test --from-run takes no flows and no --json: the run says of which flow it is.');
    return withClient(url, (client) => addCase(client, runId, name));
  },
});

async function runCases({ name = '', json }: Values<typeof options>, args: readonly string[]): Promise<number> {
  // Loaded here, so that the other commands do not wait for the components.
  const { flowPathOf, openSuites, resultSummary, resultText, runSuites } = await import('../cases/index.js');
  const { findingLine } = await import('../validate/index.js');
  const config = loadConfig();
  const paths = args.map((argument) => flowPathOf(argument, config));
  const { suites, findings, without } = await openSuites(config, paths);
  if (!json) for (const finding of findings) console.log(findingLine(finding));
  const results = await runSuites(suites, name, (result) => void (json || console.log(resultText(result))));
  if (json) printJson({ findings, results });
  if (without.length > 0) console.error(`Without cases: ${without.join(', ')}`);
  const broken = findings.some(({ severity }) => severity === 'error');
  // Where nothing could be run that sentence says it all.
  if (!broken || results.length > 0) console.error(resultSummary(results));
  return broken || results.length === 0 || results.some(({ passed }) => !passed) ? 1 : 0;
}

async function addCase(client: Client, runId: string, name = `run ${runId}`): Promise<void> {
  const { appendCase, caseFromRun } = await import('../cases/index.js');
  const run = await client.get<RunView>(`runs/${encodeURIComponent(runId)}`);
  if (run.finishedAt === null) throw new CommandError(`The run ${run.id} has not ended yet; a case says how a run ends.`);
  const event = await wholeEvent(client, run.eventId);
  const steps = await Promise.all(run.steps.map((step) => whole(client, run.id, step)));
  const { made, left } = caseFromRun({ ...run, steps }, event, name);
  const path = join(loadConfig().flows, `${run.flowId}.cases.json`);
  await appendCase(path, made);
  console.log(`${path} has a new case: ${made.name}. Look at what your senders sent before you commit it.`);
  for (const sentence of left) console.error(sentence);
}

/** With the values that are too large to be shown. */
async function whole(client: Client, runId: string, step: StepView): Promise<StepView> {
  const value = (name: 'input' | 'output'): Promise<StepView['output']> =>
    client.get(`runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(step.path)}/${name}`);
  const input = step.inputFile ? await value('input') : step.input;
  return { ...step, input, output: step.outputFile ? await value('output') : step.output };
}

async function wholeEvent(client: Client, id: string): Promise<EventView> {
  const path = `events/${encodeURIComponent(id)}`;
  const event = await client.get<EventView>(path);
  if (event.body.kind !== 'large' || !/[/+]json\b/i.test(event.contentType ?? '')) return event;
  return { ...event, body: { kind: 'parsed', value: await client.get(`${path}/body`) } };
}
