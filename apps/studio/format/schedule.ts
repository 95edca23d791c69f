import cronstrue from 'cronstrue';

export interface ScheduleParts {
  readonly cron?: string | undefined;
  /** An interval such as `5m`. */
  readonly every?: string | undefined;
  readonly timezone?: string | undefined;
}

/** When a schedule is due, in words: `At 06:00, Europe/Berlin`; a line that cannot be read stays as it is. */
export function scheduleWords({ cron, every, timezone }: ScheduleParts): string {
  if (every !== undefined) return `Every ${every}`;
  const words = cron === undefined ? 'Never' : cronWords(cron);
  return timezone === undefined ? words : `${words}, ${timezone}`;
}

function cronWords(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, throwExceptionOnParseError: true });
  } catch {
    return cron;
  }
}
