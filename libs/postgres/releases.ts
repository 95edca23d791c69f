import type { Pool } from 'pg';
import { FLOWS_TO_FREE, FREE_PACED } from './sql/rates.js';
import { FLOWS_TO_RELEASE, RELEASE_HELD } from './sql/runs.js';

/** Runs that one statement sets going: a pause can have held a million, and no statement may take long. */
const PIECE = 5_000;
/** How long whoever resumes a flow waits for it at most. The rest is left to housekeeping, whose rounds are further apart. */
const PATIENCE_MS = 5_000;

/**
 * Sets runs going that nothing holds back any more: those that a pause held, and those that waited for a rate which their flow has
 * no more. In pieces, the oldest first, each committed by itself; what is cut off goes on with the next call.
 */
export class PostgresReleases {
  constructor(
    private readonly pool: Pool,
    private readonly piece = PIECE,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Those of one flow; nothing while it is paused. Answers how many. */
  async of(flowId: string, until = Date.now() + this.patienceMs): Promise<number> {
    return (await this.inPieces(RELEASE_HELD, flowId, until)) + (await this.inPieces(FREE_PACED, flowId, until));
  }

  /** Those of all flows. Answers how many. */
  async late(): Promise<number> {
    const until = Date.now() + this.patienceMs;
    let count = 0;
    for (const flowId of await this.flows()) count += await this.of(flowId, until);
    return count;
  }

  private async flows(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(`${FLOWS_TO_RELEASE} union ${FLOWS_TO_FREE} order by id`);
    return rows.map(({ id }) => id);
  }

  private async inPieces(text: string, flowId: string, until: number): Promise<number> {
    let [count, moved] = [0, 0];
    do {
      moved = (await this.pool.query(text, [flowId, this.piece])).rowCount ?? 0;
      count += moved;
    } while (moved === this.piece && Date.now() < until);
    return count;
  }
}
