import { loadConfig } from '@millrace/config';
import { defineCommand, type Values } from './define.js';
import { printJson } from './output.js';

const options = {
  name: { value: 'text', about: 'Only cases whose name contains this.' },
  json: { about: 'Print the results as JSON.' },
} as const;

export const test = defineCommand({
  usage: 'test [flows, files or folders]',
  about: "Run the flows' cases, without a database, network or secrets; default: the flows folder.",
  options,
  run: (values, args) => runCases(values, args),
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
  console.error(resultSummary(results));
  const broken = findings.some(({ severity }) => severity === 'error');
  return broken || results.length === 0 || results.some(({ passed }) => !passed) ? 1 : 0;
}
