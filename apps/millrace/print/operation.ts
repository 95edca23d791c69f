import type { OperationItemView, OperationPage, OperationView } from '../../control-api/index.js';
import { table } from './text.js';
import { localTime, took } from './time.js';

const DEEDS: Readonly<Record<OperationItemView['kind'], string>> = {
  replay: 'replay events',
  rerun: 're-run runs',
  retry: 'retry dead letters',
  discard: 'discard dead letters',
  cancel: 'cancel runs',
};

/** What was done to so many of them. */
const DONE: Readonly<Record<OperationItemView['kind'], readonly [one: string, more: string]>> = {
  replay: ['was replayed', 'were replayed'],
  rerun: ['was run again', 'were run again'],
  retry: ['was run again', 'were run again'],
  discard: ['was set aside', 'were set aside'],
  cancel: ['was cancelled', 'were cancelled'],
};

/** One line per operation, newest first. */
export function operationTable({ items }: OperationPage, now: number): string {
  const rows = items.map((operation) => {
    const { id, kind, state, total, done, failed, createdAt, finishedAt } = operation;
    return [localTime(createdAt), id, DEEDS[kind], state, `${done} of ${total}`, String(failed), took(createdAt, finishedAt, now)];
  });
  return table(['ORDERED', 'OPERATION', 'WHAT', 'STATE', 'DONE', 'COULD NOT BE', 'TOOK'], rows);
}

/** How far one is, and how the runs that it started have ended, as a sentence. */
export function operationLine({ id, kind, state, total, done, failed, perSecond, ended }: OperationView): string {
  const left = total - done - failed;
  const end =
    state === 'running'
      ? `${left} are left, at ${perSecond} a second`
      : state === 'done'
        ? 'it has ended'
        : `it was cancelled with ${left} left`;
  const [one, more] = DONE[kind];
  const runs = ended === null ? '' : endedText(ended);
  const refused = failed === 0 ? '' : `, ${failed} could not be`;
  return `${id}, ${DEEDS[kind]}: ${done} of ${total} ${done === 1 ? one : more}${refused}${runs}; ${end}.`;
}

/** What is bad comes first. */
function endedText({ failed, cancelled, active, filtered, succeeded }: NonNullable<OperationView['ended']>): string {
  const counts = [
    [failed, 'failed'],
    [cancelled, 'cancelled'],
    [active, 'not ended yet'],
    [filtered, 'filtered'],
    [succeeded, 'succeeded'],
  ] as const;
  const told = counts.flatMap(([count, how]) => (count === 0 ? [] : [`${count} ${how}`]));
  return told.length === 0 ? '' : `: ${told.join(', ')}`;
}
