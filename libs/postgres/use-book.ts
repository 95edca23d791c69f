import { decideUses, UNUSED, type Allowance, type RateState, type UseBook, type UseRate, type UseRequest } from '@millrace/engine';
import type { Pool, PoolClient } from 'pg';
import { Batcher } from './batcher.js';
import { textArray } from './packing.js';

interface Asked {
  readonly name: string;
  readonly rate: UseRate;
  readonly request: UseRequest;
}

interface StateRow {
  readonly name: string;
  readonly state: RateState;
  readonly now: number;
}

/** Locked in the order of names, so that two processes cannot deadlock. The database's clock is the one that all share. */
const LOCK = `
  select name, state, (extract(epoch from clock_timestamp()) * 1000)::float8 as now
  from credential_rates where name = any ($1::text[]) order by name for update`;

const BEGIN = `insert into credential_rates (name, state) select name, $2 from unnest($1::text[]) as t (name) order by name on conflict do nothing`;

const KEEP = `
  update credential_rates r set state = t.state::json from unnest($1::text[], $2::text[]) as t (name, state) where r.name = t.name`;

/**
 * The uses of credentials, one row for each. What is asked while a transaction is under way shares the next one, so that
 * the cost does not grow with the steps that ask. A transaction that breaks off has counted nothing.
 */
export class PostgresUseBook implements UseBook {
  private readonly batcher: Batcher<Asked, Allowance>;

  constructor(
    private readonly pool: Pool,
    /** In place of the database's clock; milliseconds since the epoch. */
    private readonly clock?: () => number,
  ) {
    this.batcher = new Batcher<Asked, Allowance>({
      flush: (asked) => this.flush(asked),
      inFlight: 1,
      maxItems: 10_000,
      maxBytes: Infinity,
      bytes: () => 0,
      isItemFault: () => false,
    });
  }

  take(name: string, rate: UseRate, waited: boolean): Promise<Allowance> {
    return this.batcher.add({ name, rate, request: { kind: 'take', waited } });
  }

  async charge(name: string, rate: UseRate): Promise<void> {
    await this.batcher.add({ name, rate, request: { kind: 'charge' } });
  }

  async hold(name: string, rate: UseRate, forMs: number): Promise<void> {
    await this.batcher.add({ name, rate, request: { kind: 'hold', forMs } });
  }

  /** Resolves when nothing that was asked is unanswered. */
  drained(): Promise<void> {
    return this.batcher.drained();
  }

  private async flush(asked: readonly Asked[]): Promise<readonly Allowance[]> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const answers = await decideLocked(client, asked, this.clock);
      await client.query('commit');
      client.release();
      return answers;
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
  }
}

async function decideLocked(client: PoolClient, asked: readonly Asked[], clock?: () => number): Promise<readonly Allowance[]> {
  const names = [...new Set(asked.map(({ name }) => name))];
  const answers = new Map<Asked, Allowance>();
  const kept: [string, string][] = [];
  for (const { name, state, now } of await lock(client, names)) {
    const own = asked.filter((one) => one.name === name);
    const decided = decideUses(
      state,
      own[0]!.rate,
      own.map(({ request }) => request),
      clock?.() ?? now,
    );
    own.forEach((one, index) => answers.set(one, decided.allowances[index]!));
    kept.push([name, JSON.stringify(decided.state)]);
  }
  const values = [textArray(kept.map(([name]) => name)), textArray(kept.map(([, state]) => state))];
  await client.query({ name: 'keep-uses', text: KEEP, values });
  return asked.map((one) => answers.get(one)!);
}

/** A credential that was never used has no row yet. */
async function lock(client: PoolClient, names: readonly string[]): Promise<readonly StateRow[]> {
  const locked = (): Promise<{ rows: StateRow[] }> => client.query<StateRow>({ name: 'lock-uses', text: LOCK, values: [textArray(names)] });
  const { rows } = await locked();
  if (rows.length === names.length) return rows;
  await client.query(BEGIN, [textArray(names), JSON.stringify(UNUSED)]);
  return (await locked()).rows;
}
