import { isResponse, type AnswerFrom, type Entry, type FlowResponse, type Journal, type RunAnswer, type RunResult } from '@millrace/engine';

/** Callers of this process who wait for their runs. */
export interface TellsCallers {
  tell(runId: string, at: AnswerFrom, answer: Exclude<RunAnswer, { kind: 'none' }>): void;
  /** There is an answer, in the store. */
  ring(runId: string): Promise<void>;
}

/** Tells the callers who wait in this process as soon as their answer is committed, without a way through the database. */
export function answeringJournal(journal: Journal, callers: TellsCallers): Journal {
  return {
    record: async (run, entry) => {
      const kept = await journal.record(run, entry);
      const response = kept && run.awaited ? responseOf(entry) : undefined;
      if (response) callers.tell(run.id, 'step', { kind: 'response', response });
      return kept;
    },
    suspend: (run, entry, resumeAt) => journal.suspend(run, entry, resumeAt),
    finish: async (run, entry, result) => {
      const kept = await journal.finish(run, entry, result);
      if (kept && run.awaited) tellEnd(callers, run.id, result);
      return kept;
    },
    items: (run, path, index) => journal.items(run, path, index),
  };
}

function responseOf({ rows }: Entry): FlowResponse | undefined {
  return rows.find(isResponse)?.output as unknown as FlowResponse | undefined;
}

/** Who ends a run without walking it does not know what it answered before. */
function tellEnd(callers: TellsCallers, runId: string, { status, output, response }: RunResult): void {
  if (response) callers.tell(runId, 'end', { kind: 'response', response });
  else if (status === 'failed') void callers.ring(runId);
  else callers.tell(runId, 'end', { kind: 'end', status, ...(output !== undefined && { output }) });
}
