import { CommandError } from '../command.js';
import { defineCommand } from './define.js';

const APPS = ['webhook-service', 'flow-runner', 'control-api'];

/** Apps are loaded when they are asked for, so that the other commands do not wait for them. */
async function startAlone(app: string): Promise<void> {
  if (app === 'webhook-service') await import('../../webhook-service/main.js');
  else if (app === 'flow-runner') await import('../../flow-runner/main.js');
  else await import('../../control-api/main.js');
}

export const start = defineCommand({
  usage: 'start [app]',
  about: `Run everything in one process, or one app alone: ${APPS.join(', ')}.`,
  options: {},
  stays: true,
  run: async (_, [app, ...rest]) => {
    if (rest.length > 0 || (app !== undefined && !APPS.includes(app))) {
      throw new CommandError(`start takes nothing or one of ${APPS.join(', ')}.`);
    }
    await (app === undefined ? (await import('../start/index.js')).startAll() : startAlone(app));
  },
});
