import { isInItem } from '@millrace/flow';
import type { RerunView, RunItem, RunPage } from '../../control-api/index.js';
import { withClient, type Client } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared } from './define.js';
import { jsonOf } from './json-file.js';
import { printJson } from './output.js';
import { otherVersionLines } from '../print/versions.js';

const options = {
  from: { value: 'place', about: 'start, failed (where it failed; the default of a failed run), or a step path.' },
  live: { about: 'On the version of the flow that is live now; default: the one that the run was on.' },
  payload: { value: 'file', about: 'JSON to run with in place of the body of the event.' },
  again: { about: 'Also where it was repeated with success already.' },
  'dry-run': { about: 'A rehearsal: components that act outside answer with what they gave before, or with a sample.' },
  json: shared.json,
  url: shared.url,
} as const;

export const rerun = defineCommand({
  usage: 'rerun <run>',
  about: 'Run an ended run again: from its start, from where it failed, or from a step.',
  options,
  run: async (values, [id, ...rest]) => {
    if (id === undefined || rest.length > 0) throw new CommandError('rerun takes the id of one run. millrace runs lists them.');
    const body = {
      ...(values.from !== undefined && { from: values.from }),
      ...(values.live && { version: 'live' }),
      ...(values.payload !== undefined && { payload: await jsonOf(values.payload) }),
      ...(values['dry-run'] && { dryRun: true }),
    };
    const view = await withClient(values.url, async (client) => {
      if (!values.again && !values['dry-run']) await refuseDone(client, id);
      return client.post<RerunView>(`runs/${encodeURIComponent(id)}/rerun`, body);
    });
    if (values.json) return printJson(view);
    const reused = view.reused.length === 0 ? '' : ` Not run again: ${few(view.reused)}.`;
    console.log(`The ${values['dry-run'] ? 'dry run' : 'run'} ${view.runId} was started.${reused}`);
    for (const line of otherVersionLines(id, view)) console.log(line);
  },
});

/** So many paths are named; those of a long loop would fill the screen. */
const NAMED = 12;

function few(paths: readonly string[]): string {
  const outside = paths.filter((path) => !isInItem(path));
  const named = outside.slice(0, NAMED).join(', ');
  return outside.length <= NAMED ? named : `${named} and ${outside.length - NAMED} more`;
}

/** Whoever does not know that somebody repeated the run with success would do all of it twice. */
async function refuseDone(client: Client, id: string): Promise<void> {
  const done = await successOf(client, id);
  if (done === undefined) return;
  throw new CommandError(`The run ${id} was repeated with success already, by run ${done}. To repeat it once more, add --again.`);
}

/** The newest run that repeated this one with success, or repeated one that had failed at that. */
async function successOf(client: Client, id: string): Promise<string | undefined> {
  // What is wrong with the id, the order itself is answered.
  const page = await client.get<RunPage>('runs', { rerunOf: id }).catch(() => undefined);
  const repeats = page?.items.filter(({ dry }) => !dry) ?? [];
  const done = repeats.find(({ status }) => status === 'succeeded');
  if (done) return done.id;
  for (const repeat of repeats.filter(wasRepeated)) {
    const later = await successOf(client, repeat.id);
    if (later !== undefined) return later;
  }
  return undefined;
}

function wasRepeated({ resolution }: RunItem): boolean {
  return resolution === 'rerun';
}
