import type { Pool } from 'pg';
import { ID_MS } from './activity.js';
import { lowestId } from './partitions.js';

const HOUR_MS = 3_600_000;

/** What came to one URL within the hours that were asked for. */
export interface PlaceActivity {
  /** The oldest first. */
  readonly hours: readonly { readonly events: number; readonly refused: number }[];
  readonly events: number;
  readonly refused: number;
  /** Ids; null without any. */
  readonly lastEvent: string | null;
  readonly lastRefusal: string | null;
}

const BY_HOUR = (table: 'events' | 'refusals'): string => `
  select ((${ID_MS} - $3::bigint) / ${HOUR_MS})::int as hour, count(*)::int as count, max(id::text) as last
  from ${table} where flow_id = $1 and id >= $2 group by 1`;

interface HourRow {
  readonly hour: number;
  readonly count: number;
  readonly last: string;
}

/** What came to a flow's URL or a shared endpoint. Reads only. */
export class PostgresPlaceActivity {
  constructor(private readonly pool: Pool) {}

  /** `place` as events are filed: the id of a flow or `endpoints/<name>`. `from` in milliseconds begins the first of `hours` hours. */
  async since(place: string, from: number, hours: number): Promise<PlaceActivity> {
    const values = [place, lowestId(from), from];
    const [events, refusals] = await Promise.all([
      this.pool.query<HourRow>(BY_HOUR('events'), values),
      this.pool.query<HourRow>(BY_HOUR('refusals'), values),
    ]);
    const countOf = ({ rows }: { rows: HourRow[] }, at: number): number => rows.find(({ hour }) => hour === at)?.count ?? 0;
    return {
      hours: Array.from({ length: hours }, (_, at) => ({ events: countOf(events, at), refused: countOf(refusals, at) })),
      events: sum(events.rows),
      refused: sum(refusals.rows),
      lastEvent: last(events.rows),
      lastRefusal: last(refusals.rows),
    };
  }
}

function sum(rows: readonly HourRow[]): number {
  return rows.reduce((all, { count }) => all + count, 0);
}

function last(rows: readonly HourRow[]): string | null {
  return rows.reduce<string | null>((latest, row) => (latest === null || row.last > latest ? row.last : latest), null);
}
