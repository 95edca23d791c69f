import type { Pool } from 'pg';
import type { Conditions } from './conditions.js';
import { endsWith, idsBeginning } from './id-search.js';
import { bounds, type ListFilter } from './list-filter.js';
import { parseJsonBytes } from './packing.js';
import { firstPage, scan, type Found, type Window } from './scan.js';

/** The text may stand in the reason or the request, or be the code or the status. */
export type RefusalFilter = ListFilter;

/** A refusal as the log keeps it. */
export interface RefusalRow {
  readonly id: string;
  readonly flowId: string;
  readonly at: string;
  readonly status: number;
  readonly code: string;
  readonly reason: string;
  readonly request: Record<string, unknown>;
}

const COLUMNS = 'id, flow_id, at, status, code, reason, request from refusals';

/** Refusals, newest first. */
export function listRefusals(pool: Pool, filter: RefusalFilter): Promise<Found<RefusalRow>> {
  const { before, limit, search } = filter;
  const find = (window: Window, most: number): Promise<RefusalRow[]> => findRefusals(pool, filter, window, most);
  if (search === undefined) return firstPage(limit, (most) => find({ before, downTo: undefined }, most));
  return scan({ before, limit }, { find, reach: (from, rows) => reach(pool, filter, from, rows) });
}

export async function oneRefusal(pool: Pool, id: string): Promise<RefusalRow | undefined> {
  const { rows } = await pool.query<StoredRow>(`select ${COLUMNS} where id = $1`, [id]);
  return rows[0] && refusalRow(rows[0]);
}

async function findRefusals(pool: Pool, filter: RefusalFilter, window: Window, limit: number): Promise<RefusalRow[]> {
  const where = bounds(filter, window);
  if (filter.search !== undefined) searched(where, filter.search);
  const { rows } = await pool.query<StoredRow>(`select ${COLUMNS} ${where.where} order by id desc limit ${limit}`, where.values);
  return rows.map(refusalRow);
}

function searched(where: Conditions, text: string): void {
  const p = where.parameter(text);
  const texts = `code = ${p} or status::text = ${p} or position(${p} in reason) > 0 or position(convert_to(${p}, 'UTF8') in request) > 0`;
  const ids = idsBeginning(text);
  const range = ids ? `id between ${where.parameter(ids.lowest)}::uuid and ${where.parameter(ids.highest)}::uuid` : 'false';
  where.always(`(${texts} or ${range} or ${endsWith(where, 'id', text)})`);
}

async function reach(pool: Pool, filter: RefusalFilter, before: string | undefined, rows: number): Promise<string | undefined> {
  const where = bounds(filter, { before, downTo: undefined });
  const text = `select id from refusals ${where.where} order by id desc offset ${rows - 1} limit 1`;
  const { rows: ends } = await pool.query<{ id: string }>(text, where.values);
  return ends[0]?.id;
}

interface StoredRow extends Omit<RefusalRow, 'flowId' | 'at' | 'request'> {
  readonly flow_id: string;
  readonly at: Date;
  readonly request: Buffer;
}

function refusalRow({ flow_id: flowId, at, request, ...rest }: StoredRow): RefusalRow {
  return { ...rest, flowId, at: at.toISOString(), request: parseJsonBytes(request) };
}
