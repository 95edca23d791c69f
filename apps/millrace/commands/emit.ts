import type { EmittedView } from '../../control-api/index.js';
import { withClient } from '../client/index.js';
import { CommandError } from '../command.js';
import { defineCommand, shared } from './define.js';
import { jsonOf } from './json-file.js';
import { printJson } from './output.js';

export const emit = defineCommand({
  usage: 'emit <name> [file]',
  about: 'Emit an event: it starts every flow that listens to its name. The JSON of the file is its data; - reads standard input.',
  options: {
    id: { value: 'text', about: 'Your own id of the event: sent again within a week it starts nothing new.' },
    json: shared.json,
    url: shared.url,
  },
  run: async ({ id, json, url }, [name, file, ...rest]) => {
    if (name === undefined || rest.length > 0)
      throw new CommandError('emit takes a name and perhaps a file: millrace emit order.paid order.json.');
    const data = file === undefined ? undefined : await jsonOf(file);
    const emitted = await withClient(url, (client) => client.post<EmittedView>('events', { name, data, id }));
    if (json) printJson(emitted);
    else console.log(sentence(emitted));
  },
});

function sentence({ eventId, runIds, duplicate }: EmittedView): string {
  if (duplicate)
    return `This id was sent before: it is event ${eventId}, which started ${runIds.length === 0 ? 'nothing' : runIds.join(', ')}.`;
  if (runIds.length === 0) return `The event ${eventId} was kept; no flow took it.`;
  return `The event ${eventId} started ${runIds.join(', ')}.`;
}
