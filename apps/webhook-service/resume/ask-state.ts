import type { PlannedAsk, Question, Resumption, RunStatus, StepRow } from '@millrace/engine';

/** What is known of a step that asks a person. */
export interface AskFacts {
  readonly status: RunStatus;
  /** The newest row of the step in the journal, or that of the finished item that it went with. */
  readonly row: Pick<StepRow, 'kind' | 'status' | 'input' | 'output' | 'error' | 'resumeAt' | 'finishedAt'> | undefined;
  /** The first answer; it is kept as long as the run is active. */
  readonly resumption: Resumption | undefined;
}

/** How a question stands. Times are in milliseconds since the epoch. */
export type AskState =
  | { readonly kind: 'early' }
  | { readonly kind: 'asked'; readonly question: Question; readonly until: number }
  | { readonly kind: 'answered'; readonly answer: string; readonly label: string; readonly at: number }
  | { readonly kind: 'over'; readonly message: string };

/** What there is to say of a question, whatever became of its run. */
export function askState({ answers }: PlannedAsk, { status, row, resumption }: AskFacts): AskState {
  const answered = resumption
    ? answerIn(resumption.body)
    : row?.kind === 'wait' && row.status === 'succeeded'
      ? answerIn(row.output)
      : undefined;
  if (answered !== undefined) {
    const label = Object.hasOwn(answers, answered) ? answers[answered]! : answered;
    return { kind: 'answered', answer: answered, label, at: resumption?.receivedAt ?? row!.finishedAt };
  }
  if (!ACTIVE.has(status) || (row && row.status !== 'waiting')) return { kind: 'over', message: whyOver(status, row) };
  return row ? { kind: 'asked', question: row.input as Question, until: row.resumeAt ?? 0 } : { kind: 'early' };
}

/** Runs that can still be resumed. */
export const ACTIVE: ReadonlySet<RunStatus> = new Set(['queued', 'running', 'waiting']);

function answerIn(value: StepRow['output']): string | undefined {
  const { answer } = (value ?? {}) as { readonly answer?: unknown };
  return typeof answer === 'string' ? answer : undefined;
}

function whyOver(status: RunStatus, row: AskFacts['row']): string {
  if (row?.error?.code === 'wait.timeout') return 'The time to answer is over, and nobody had answered.';
  if (row?.status === 'failed') return 'The question could not be asked. Whoever looks after this flow can see why.';
  if (status === 'cancelled') return 'The run was cancelled before anybody had answered.';
  return 'The run has gone on or ended without an answer.';
}
