import type { ActivityView, StatusView } from '../api/wire.js';
import { ago, count, duration, size, whole } from '../format/format.js';
import { trendOf, type Trend } from './trend.js';

/** One number, what stands behind it, and the list that shows it. */
export interface HealthNumber {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly href: string;
  /** How it went over the day, where that is known. */
  readonly trend: Trend | undefined;
}

/** What is asked first when something seems wrong, in this order. */
export function healthNumbers(lately: ActivityView, { runs }: StatusView, now: number): readonly HealthNumber[] {
  const failing = lately.flows.filter((flow) => flow.failing !== null);
  const affected = failing.reduce((sum, flow) => sum + (flow.failing?.runs ?? 0), 0);
  const { oldestQueued, delivery, retries, storage } = lately;
  const active = runs.queued + runs.held;
  const sampled = trendOf(Date.parse(lately.from), now, lately.samples);
  return [
    {
      label: 'Failing flows',
      value: whole(failing.length),
      note: count(affected, 'event') + ' affected',
      href: '/runs?status=failed&time=24h',
      trend: trendOf(Date.parse(lately.from), now, failuresByHour(lately))(({ failed }) => failed, whole),
    },
    {
      label: 'Oldest waiting item',
      value: oldestQueued ? ago(oldestQueued.at, now).replace(' ago', '') : 'None',
      note: oldestQueued ? `came to ${oldestQueued.flowId}` : 'nothing waits for a runner',
      href: '/runs?status=queued',
      trend: sampled(({ oldestMs }) => oldestMs ?? 0, duration),
    },
    {
      label: '95 of 100 delivered within',
      value: delivery.p95Ms === null ? '—' : duration(delivery.p95Ms),
      note: delivery.p50Ms === null ? 'nothing was, in 24 hours' : `half within ${duration(delivery.p50Ms)}`,
      href: '/runs?status=succeeded&time=24h',
      trend: sampled(({ p95Ms }) => p95Ms, duration),
    },
    {
      label: 'In the queue',
      value: whole(active),
      note: heldWords(runs.held),
      href: '/runs?status=queued',
      trend: sampled(({ queued }) => queued, whole),
    },
    {
      label: 'Retries scheduled',
      value: whole(retries),
      note: `of ${count(runs.waiting, 'waiting run')}`,
      href: '/runs?status=waiting',
      trend: sampled((sample) => sample.retries, whole),
    },
    {
      label: 'Storage left',
      value: storage.freeBytes === null ? '—' : size(storage.freeBytes),
      note: `the database takes ${size(storage.databaseBytes)}`,
      href: '/events',
      trend: sampled(({ databaseBytes }) => databaseBytes, size),
    },
  ];
}

const HOUR_MS = 3_600_000;

/** Failed runs of all flows, at the end of each hour. */
function failuresByHour({ from, flows }: ActivityView): readonly { readonly at: string; readonly failed: number }[] {
  const hours = Math.max(0, ...flows.map((flow) => flow.hours.length));
  return Array.from({ length: hours }, (_, hour) => ({
    at: new Date(Date.parse(from) + (hour + 1) * HOUR_MS).toISOString(),
    failed: flows.reduce((sum, flow) => sum + (flow.hours[hour]?.failed ?? 0), 0),
  }));
}

function heldWords(held: number): string {
  return held === 0 ? 'none held by a pause' : `${whole(held)} held by a pause`;
}
