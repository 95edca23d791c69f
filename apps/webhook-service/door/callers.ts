import type { AwaitRule, EventRecord, NewRun } from '@millrace/engine';
import { statusUrl, type Answers, type Waiting } from '@millrace/platform';
import { json, type Answer } from './answers.js';
import { answerOfRun } from './run-answer.js';

export interface CallersParts {
  readonly answers: Pick<Answers, 'instance' | 'expect'>;
  /** Signs status URLs. */
  readonly statusKey: Buffer;
  publicUrl(): string;
  now(): Date;
}

/** The caller of one run. */
export interface Caller {
  /** For the run that is to be written down. */
  readonly awaited: NonNullable<NewRun['awaited']>;
  /** The run was not written down. */
  leave(): void;
  /** What the caller gets once it is written down; rejects never. */
  answer(event: Received, whenGone: WhenGone | undefined): Promise<Answer>;
}

/** All that is still needed of an event. */
type Received = Pick<EventRecord, 'id' | 'receivedAt'>;

export type WhenGone = (callback: () => void) => void;

/** Keeps callers waiting for their runs: as many as there is room for, and none beyond their deadline. */
export class Callers {
  constructor(private readonly parts: CallersParts) {}

  /** A run that is held may begin tomorrow, so its caller is not kept. */
  of(run: NewRun, { from, deadlineMs }: AwaitRule): Caller {
    const waiting = run.status === 'held' ? undefined : this.parts.answers.expect(run.id, from);
    return {
      awaited: { from, ...(waiting && { by: this.parts.answers.instance }) },
      leave: () => waiting?.leave(),
      answer: (event, whenGone) => this.answer(run.id, event, waiting, deadlineMs, whenGone),
    };
  }

  private async answer(
    runId: string,
    { id: eventId, receivedAt }: Received,
    waiting: Waiting | undefined,
    deadlineMs: number,
    whenGone: WhenGone | undefined,
  ): Promise<Answer> {
    whenGone?.(() => waiting?.leave());
    const given = await waiting?.answer(receivedAt + deadlineMs - this.parts.now().getTime());
    if (given) return answerOfRun(runId, given);
    const { publicUrl, statusKey } = this.parts;
    return json(202, { eventId, runIds: [runId], runId, statusUrl: statusUrl(publicUrl(), statusKey, runId) });
  }
}
