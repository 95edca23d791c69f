import type { OperationItemView, OperationPage } from '../../control-api/index.js';
import { table } from './text.js';
import { localTime, took } from './time.js';

const DEEDS: Readonly<Record<OperationItemView['kind'], string>> = {
  replay: 'replay events',
  rerun: 're-run runs',
  retry: 'retry dead letters',
  discard: 'discard dead letters',
  cancel: 'cancel runs',
};

/** One line per operation, newest first. */
export function operationTable({ items }: OperationPage, now: number): string {
  const rows = items.map((operation) => {
    const { id, kind, state, total, done, failed, createdAt, finishedAt } = operation;
    return [localTime(createdAt), id, DEEDS[kind], state, `${done} of ${total}`, String(failed), took(createdAt, finishedAt, now)];
  });
  return table(['ORDERED', 'OPERATION', 'WHAT', 'STATE', 'DONE', 'FAILED', 'TOOK'], rows);
}

/** How far one is, as sentences. */
export function operationLine({ id, kind, state, total, done, failed, perSecond }: OperationItemView): string {
  const left = total - done - failed;
  const end =
    state === 'running'
      ? `${left} are left, at ${perSecond} a second`
      : state === 'done'
        ? 'it has ended'
        : `it was cancelled with ${left} left`;
  return `${id}, ${DEEDS[kind]}: ${done} of ${total} done, ${failed} could not be; ${end}.`;
}
