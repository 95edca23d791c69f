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
export function textDestination(out: NodeJS.WritableStream): DestinationStream {
  let isRead = true;
  // Whoever read it is gone (EPIPE). To log that would fail in the same way, and so on for ever; work goes on without a log.
  out.on('error', () => {
    isRead = false;
  });
  return {
    write: (line: string) => {
      if (isRead) out.write(`${textLine(line)}\n`);
    },
  };
}

/** One line of pino as a person reads it. What continues it is indented, so that no value can pass for a line of its own. */
export function textLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown> & { level: number; time: number };
  const head = `${new Date(time).toISOString().slice(11, 19)} ${(LEVELS[level] ?? 'info').padEnd(5)} ${String(msg ?? '')}`;
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${textOf(value)}`);
  const text = [head, ...rest].join('  ') + (err === undefined ? '' : `\n${textOf((err as { stack?: string } | null)?.stack ?? err)}`);
  return printable(text).replaceAll('\n', '\n  ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Values come from strangers: a terminal must not obey them. */
function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** All control characters but tab and line feed, C1 included. */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
