import type { PinnedOutput } from '@millrace/engine';
import type { Pool } from 'pg';
import { jsonBytes, parseJsonBytes } from './packing.js';
import { COUNT_PINS, LIST_PINS, MOVE_PIN, PIN, UNPIN } from './sql/tests.js';

/** A sample that tests take in place of doing a step. */
export interface StoredPin {
  readonly step: string;
  readonly output: PinnedOutput['output'];
  readonly pinnedAt: Date;
}

/** Pinned outputs by flow and step: beside the drafts, never in a flow's text, and never read by a run that is no test. */
export class PostgresPinStore {
  constructor(private readonly pool: Pool) {}

  async list(flowId: string): Promise<StoredPin[]> {
    const { rows } = await this.pool.query<{ step: string; output: Buffer; pinnedAt: Date }>(LIST_PINS, [flowId]);
    return rows.map(({ output, ...rest }) => ({ ...rest, output: parseJsonBytes<PinnedOutput['output']>(output) }));
  }

  /** In place of what was pinned for the step before. */
  async pin(flowId: string, step: string, output: PinnedOutput['output']): Promise<StoredPin> {
    const { rows } = await this.pool.query<{ pinnedAt: Date }>(PIN, [flowId, step, Buffer.from(jsonBytes(output))]);
    return { step, output, pinnedAt: rows[0]!.pinnedAt };
  }

  /** False when nothing was pinned. */
  async unpin(flowId: string, step: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(UNPIN, [flowId, step]);
    return rowCount === 1;
  }

  /** To the same step under its new id. A pin that is there already stays, and so does the old one then. */
  async move(flowId: string, from: string, to: string): Promise<void> {
    await this.pool.query(MOVE_PIN, [flowId, from, to]);
  }

  /** How many other steps of the flow are pinned. */
  async countBeside(flowId: string, step: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(COUNT_PINS, [flowId, step]);
    return rows[0]?.count ?? 0;
  }
}
