import type { Log } from '@millrace/telemetry';

/** Level, fields and message. */
export type Line = [level: string, fields: object, message: string];

/** For tests: keeps what is logged. */
export function recordedLog(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log: log as unknown as Log, lines };
}
