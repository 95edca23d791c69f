import type { Pool } from 'pg';
import { PLACE } from './sql/lanes.js';
import { PACE } from './sql/rates.js';

/** Where an active run stands in its lane. */
export interface RunPlace {
  /** The value of the key; empty for the lane of the whole flow, and for what has no key. */
  readonly key: string;
  readonly limit: number;
  /** 0: it has its turn. 1: it is next. */
  readonly place: number;
  /** The run just before it in line, or one that has its turn. */
  readonly behind: string | null;
}

/** What a run waits for whose flow has a rate. */
export interface RunPace {
  /** So many begin within `perMs` milliseconds. */
  readonly limit: number;
  readonly perMs: number;
  /** How many wait that came before it. */
  readonly before: number;
}

const HELD = `select from runs where id = $1 and status = 'held'`;

/** What holds a run back that has a runner to wait for: a pause of its flow, its lane, the rate of its flow. Reads only. */
export class PostgresHolds {
  constructor(private readonly pool: Pool) {}

  /** Whether a pause of its flow holds the run. */
  async isHeld(runId: string): Promise<boolean> {
    return (await this.pool.query(HELD, [runId])).rowCount === 1;
  }

  /** Undefined for a run that has no lane, or has ended. */
  async placeOf(runId: string): Promise<RunPlace | undefined> {
    const { rows } = await this.pool.query<PlaceRow>(PLACE, [runId]);
    const [row] = rows;
    return row && { key: row.name, limit: row.most, place: row.place, behind: row.behind };
  }

  /** Undefined for a run that does not wait for the rate of its flow. */
  async paceOf(runId: string): Promise<RunPace | undefined> {
    const { rows } = await this.pool.query<PaceRow>(PACE, [runId]);
    const [row] = rows;
    return row && { limit: row.most, perMs: row.per_ms, before: row.before };
  }
}

interface PlaceRow {
  readonly name: string;
  readonly most: number;
  readonly place: number;
  readonly behind: string | null;
}

interface PaceRow {
  readonly most: number;
  readonly per_ms: number;
  readonly before: number;
}
