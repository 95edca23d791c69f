import type { ActivityView, StatusView } from '../api/wire.js';
import { ago, count, duration, size, whole } from '../format/format.js';

/** One number, what stands behind it, and the list that shows it. */
export interface HealthNumber {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly href: string;
}

/** What is asked first when something seems wrong, in this order. */
export function healthNumbers(lately: ActivityView, { runs }: StatusView, now: number): readonly HealthNumber[] {
  const failing = lately.flows.filter((flow) => flow.failing !== null);
  const affected = failing.reduce((sum, flow) => sum + (flow.failing?.runs ?? 0), 0);
  const { oldestQueued, delivery, retries, storage } = lately;
  const active = runs.queued + runs.held;
  return [
    {
      label: 'Failing flows',
      value: whole(failing.length),
      note: count(affected, 'event') + ' affected',
      href: '/runs?status=failed&time=24h',
    },
    {
      label: 'Oldest waiting item',
      value: oldestQueued ? ago(oldestQueued.at, now).replace(' ago', '') : 'None',
      note: oldestQueued ? `came to ${oldestQueued.flowId}` : 'nothing waits for a runner',
      href: '/runs?status=queued',
    },
    {
      label: '95 of 100 delivered within',
      value: delivery.p95Ms === null ? '—' : duration(delivery.p95Ms),
      note: delivery.p50Ms === null ? 'nothing was, in 24 hours' : `half within ${duration(delivery.p50Ms)}`,
      href: '/runs?status=succeeded&time=24h',
    },
    { label: 'In the queue', value: whole(active), note: heldWords(runs.held), href: '/runs?status=queued' },
    { label: 'Retries scheduled', value: whole(retries), note: `of ${count(runs.waiting, 'waiting run')}`, href: '/runs?status=waiting' },
    {
      label: 'Storage left',
      value: storage.freeBytes === null ? '—' : size(storage.freeBytes),
      note: `the database takes ${size(storage.databaseBytes)}`,
      href: '/events',
    },
  ];
}

function heldWords(held: number): string {
  return held === 0 ? 'none held by a pause' : `${whole(held)} held by a pause`;
}
