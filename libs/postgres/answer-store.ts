import type { FlowResponse, RunAnswer, RunEnd, RunResult } from '@millrace/engine';
import type { Pool } from 'pg';
import { StepData } from './blobs/step-data.js';
import { parseJsonBytes } from './packing.js';
import { ANSWER, ANSWERED } from './sql/answers.js';

/** What a run says to its caller, and which event it is of. */
export interface StoredAnswer {
  readonly eventId: string;
  readonly answer: RunAnswer;
}

/** What runs answered, for callers who wait and for those who ask later. */
export class PostgresAnswerStore {
  constructor(
    private readonly pool: Pool,
    private readonly data = new StepData(),
  ) {}

  /** Those of the runs that have an answer by now. Brings ids only: answers may be large. */
  async answered(runIds: readonly string[]): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>({ name: 'answered', text: ANSWERED, values: [runIds] });
    return rows.map(({ id }) => id);
  }

  /** Undefined for a run that is not kept any more. */
  async find(runId: string): Promise<StoredAnswer | undefined> {
    const { rows } = await this.pool.query<AnswerRow>({ name: 'answer', text: ANSWER, values: [runId] });
    return rows[0] && { eventId: rows[0].event_id, answer: await this.answerOf(rows[0]) };
  }

  private async answerOf({ status, answer_from: from, output, ended, response }: AnswerRow): Promise<RunAnswer> {
    if (response && (ended || from === 'step')) {
      return { kind: 'response', response: (await this.data.output(response)) as unknown as FlowResponse };
    }
    if (!ended) return { kind: 'none', status };
    return { kind: 'end', status: status as RunEnd, ...(output && { output: parseJsonBytes<NonNullable<RunResult['output']>>(output) }) };
  }
}

interface AnswerRow {
  readonly event_id: string;
  readonly status: Extract<RunAnswer, { kind: 'none' }>['status'];
  readonly answer_from: 'step' | 'end' | null;
  readonly output: Buffer | null;
  readonly ended: boolean;
  readonly response: Buffer | null;
}
