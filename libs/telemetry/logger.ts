import { pino, type DestinationStream, type Logger } from 'pino';

/** A structured logger: `log.info({ runId }, 'Run failed')`. */
export type Log = Logger;

/** Lines go to standard output: as JSON for machines, as text for people. */
export function createLogger(options: { level: string; format: 'text' | 'json' }): Log {
  const base = { level: options.level, base: undefined, timestamp: true };
  return options.format === 'json' ? pino(base) : pino(base, textDestination(process.stdout));
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** `09:41:07 warn  The queue is unreachable  host=127.0.0.1` */
function textDestination(out: NodeJS.WritableStream): DestinationStream {
  return {
    write(line: string) {
      const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown> & { level: number; time: number };
      const head = `${new Date(time).toISOString().slice(11, 19)} ${(LEVELS[level] ?? 'info').padEnd(5)} ${String(msg ?? '')}`;
      const rest = Object.entries(fields).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      const stack = (err as { stack?: string } | undefined)?.stack;
      out.write(`${[head, ...rest].join('  ')}${stack ? `\n${stack}` : ''}\n`);
    },
  };
}
