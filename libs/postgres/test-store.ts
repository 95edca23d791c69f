import type { EventRecord, StepRow } from '@millrace/engine';
import type { Pool } from 'pg';
import { begunJournal, writeJournal } from './begun-journal.js';
import { StepData } from './blobs/step-data.js';
import { jsonBytes } from './packing.js';
import { mendingPartitions } from './partitions.js';
import { requestOf } from './rows.js';
import { INSERT_EVENT } from './sql/operate.js';
import { FIND_TESTS, INSERT_TEST, INSERT_TEST_RUN, TRIM_TESTS } from './sql/tests.js';
import { inTransaction } from './transaction.js';

/** What a run that is a test tests. */
export interface Test {
  readonly runId: string;
  readonly flowId: string;
  /** Of the draft when the test began. */
  readonly text: string;
  /** Null for the whole flow. */
  readonly step: string | null;
  /** The step's path in the run. */
  readonly path: string | null;
  /** Ids of steps of which only a part is done: those around the step. */
  readonly partly: readonly string[];
}

export interface StoredTest extends Test {
  readonly createdAt: Date;
}

/** A test that is to begin. */
export interface NewTest extends Test {
  readonly eventId: string;
  /** What its journal begins with. */
  readonly rows: readonly StepRow[];
}

/** Tests of drafts, and the events that people make up for them. */
export class PostgresTestStore {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
  ) {}

  /** Run, journal and what is tested as one commit. */
  async begin(test: NewTest): Promise<void> {
    const { runId, flowId, text, step, path, partly, eventId, rows } = test;
    const journal = await begunJournal(runId, rows, this.data);
    await mendingPartitions(this.pool, () =>
      inTransaction(this.pool, async (client) => {
        await client.query(INSERT_TEST, [runId, flowId, text, step, path, partly]);
        await client.query(INSERT_TEST_RUN, [runId, eventId, flowId, rows.length > 0 ? 1 : 0]);
        await writeJournal(client, journal);
      }),
    );
  }

  /** What a run tests; undefined for a run that is none, or whose history is gone. */
  async find(runId: string): Promise<StoredTest | undefined> {
    return (await this.findAll([runId]))[0];
  }

  async findAll(runIds: readonly string[]): Promise<StoredTest[]> {
    const { rows } = await this.pool.query<StoredTest>(FIND_TESTS, [runIds]);
    return rows;
  }

  /** An event that nobody sent and that starts nothing. */
  async keepEvent(event: EventRecord): Promise<void> {
    const { id, flowId, receivedAt, body } = event;
    const values = [id, flowId, receivedAt, jsonBytes(requestOf(event)), body];
    await mendingPartitions(this.pool, () => this.pool.query(INSERT_EVENT, values));
  }

  /** Forgets tests whose runs are gone. */
  async trim(): Promise<void> {
    await this.pool.query(TRIM_TESTS);
  }
}
