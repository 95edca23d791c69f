import { loadConfig } from '@millrace/config';
import { CommandError } from '../command.js';
import { defineCommand } from './define.js';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a shell reports for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

export const demo = defineCommand({
  usage: 'demo',
  about: 'Send signed example events through the example flows, to local stand-ins of the vendors, and tell what arrived where.',
  options: {
    url: { value: 'address', about: 'Send to this instance instead of starting one; its flows then send to the real vendors.' },
  },
  run: async ({ url }, positionals) => {
    if (positionals.length > 0) throw new CommandError('demo takes no arguments; millrace demo --help lists its options.');
    const { runDemo } = await import('../demo/index.js');
    return interruptible((signal) => runDemo({ config: loadConfig(), url, print: console.log, signal }));
  },
});

/** Exit code of work that cleans up after itself, also when a signal ends it early. */
async function interruptible(work: (signal: AbortSignal) => Promise<boolean>): Promise<number> {
  const interrupt = new AbortController();
  const stop = (): void => {
    if (!interrupt.signal.aborted) console.error('\nCleaning up…');
    interrupt.abort(new Error('interrupted'));
  };
  for (const name of STOP_SIGNALS) process.on(name, stop);
  try {
    return (await work(interrupt.signal)) ? 0 : 1;
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    for (const name of STOP_SIGNALS) process.off(name, stop);
  }
}
