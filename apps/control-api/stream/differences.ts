import type { ChangeRow } from '@millrace/postgres';
import type { Changes } from '../wire/stream.js';

/** What was seen at the last look: the state of every row, by kind and id. */
export type Seen = ReadonlyMap<string, ChangeRow>;

export interface Difference {
  readonly seen: Seen;
  /** Undefined when nothing has changed. */
  readonly changes: Changes | undefined;
  /** Runs that are no longer active and not among the rows: the next look must ask for them. */
  readonly vanished: readonly string[];
}

/** Compares a look with the one before. */
export function difference(before: Seen, rows: readonly ChangeRow[]): Difference {
  const seen = new Map(rows.map((row) => [key(row), row]));
  const fresh = [...seen.values()].filter((row) => isNews(before.get(key(row)), row));
  const vanished = [...before.values()].filter((row) => row.kind === 'run' && row.state !== ENDED && !seen.has(key(row)));
  return { seen, changes: fresh.length > 0 ? changesOf(fresh, before) : undefined, vanished: vanished.map(({ id }) => id) };
}

const ENDED = 'ended';

function key({ kind, id }: ChangeRow): string {
  return `${kind} ${id}`;
}

function isNews(known: ChangeRow | undefined, row: ChangeRow): boolean {
  return known === undefined || known.state !== row.state || known.status !== row.status;
}

/** A run that goes on as it did: of any other status, what lists show beside it may have changed. */
function isProgress(known: ChangeRow | undefined, { status }: ChangeRow): boolean {
  return status === 'running' && known?.status === status;
}

function changesOf(rows: readonly ChangeRow[], before: Seen): Changes {
  const of = (kind: ChangeRow['kind']): ChangeRow[] => rows.filter((row) => row.kind === kind);
  return {
    runs: of('run').map((row) => ({ id: row.id, flowId: row.flowId, status: row.status, progress: isProgress(before.get(key(row)), row) })),
    events: of('event').map(({ id, flowId }) => ({ id, flowId })),
    refusals: of('refusal').map(({ id, flowId }) => ({ id, flowId })),
    flows: of('flows').length > 0,
  };
}
