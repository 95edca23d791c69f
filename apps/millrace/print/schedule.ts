import type { ScheduleList, ScheduleView } from '../../control-api/index.js';
import { table } from './text.js';
import { localTime } from './time.js';

const REASONS: Readonly<Record<NonNullable<ScheduleView['leftOut']['because']>, string>> = {
  missed: 'nothing ran then',
  overlap: 'the run before went on',
  paused: 'the flow was paused',
  'queue-full': 'a hundred times waited already',
};

/** One line per schedule. */
export function scheduleTable({ items }: ScheduleList): string {
  const rows = items.map((item) => [item.flowId, when(item), next(item), item.last === null ? '' : localTime(item.last), leftOut(item)]);
  return table(['FLOW', 'SCHEDULE', 'NEXT', 'LAST', 'LEFT OUT'], rows);
}

function when({ cron, every, timezone }: ScheduleView): string {
  return cron === null ? `every ${every ?? ''}` : `${cron} (${timezone ?? 'UTC'})`;
}

function next({ paused, next: time, waiting }: ScheduleView): string {
  if (paused) return 'paused';
  const text = time === null ? '' : localTime(time);
  return waiting.length === 0 ? text : `${text}, ${waiting.length} waiting`;
}

function leftOut({ leftOut: { count, at, because } }: ScheduleView): string {
  if (count === 0 || at === null) return '';
  return `${count}, the latest ${localTime(at)}${because === null ? '' : `: ${REASONS[because]}`}`;
}
