import type { LiveFlow } from '@millrace/catalog';
import { scheduleDefaults, type ScheduleTrigger } from '@millrace/flow';
import type { StoredSchedule } from '@millrace/postgres';
import type { ScheduleView } from '../wire/trigger.js';

/** A flow's schedule, before a runner has looked at it too. */
export function scheduleView({ id, enabled, declared }: LiveFlow, stored: StoredSchedule | undefined): ScheduleView {
  const { cron, every, timezone = scheduleDefaults.timezone } = declared as ScheduleTrigger;
  const { count = 0, at, because } = stored?.leftOut ?? {};
  return {
    flowId: id,
    cron: cron ?? null,
    every: every ?? null,
    timezone: cron === undefined ? null : timezone,
    paused: !enabled,
    next: iso(stored?.next),
    last: iso(stored?.last),
    lastRunId: stored?.lastRun ?? null,
    waiting: (stored?.waiting ?? []).map((time) => new Date(time).toISOString()),
    leftOut: { count, at: iso(at), because: because ?? null },
  };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
