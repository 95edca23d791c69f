import { StepError, type Json } from '@millrace/component-sdk';
import { headerValuePattern, resolveTemplate } from '@millrace/flow';
import type { PlannedRespond } from '../plan.js';
import type { ErrorRecord, FlowResponse, StepRow } from '../records.js';
import { errorRecord, NEXT, type StepSignal, type Walk } from './step.js';

/**
 * What the waiting caller gets: journalled and committed at once, since somebody waits for it. A run answers once; what
 * comes after that is journalled as skipped.
 */
export async function walkRespond(step: PlannedRespond, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  if (walk.row(path)) return NEXT;
  const startedAt = walk.clock.now();
  const row = { path, attempt: 1, kind: 'respond', startedAt, finishedAt: startedAt };
  const answer = walk.hasResponded ? undefined : await answerOf(step, walk, row);
  if (answer?.status === 'failed') return failing(walk, answer);
  // Another strand may have answered while this one made up its answer.
  if (!answer || walk.hasResponded) return skip(walk, row);
  walk.note(answer);
  walk.responded(answer.output as unknown as FlowResponse);
  return (await walk.commit(true)) ? NEXT : { kind: 'lost' };
}

/** Whether a row is the answer of its run, which has at most one. */
export function isResponse({ kind, status }: StepRow): boolean {
  return kind === 'respond' && status === 'succeeded';
}

type OwnRow = Pick<StepRow, 'path' | 'attempt' | 'kind' | 'startedAt' | 'finishedAt'>;

async function answerOf(step: PlannedRespond, walk: Walk, row: OwnRow): Promise<StepRow> {
  try {
    const answer = (await resolveTemplate(step.answer, walk.scope, walk.environment(row.path))) as { [key: string]: Json };
    return { ...row, status: 'succeeded', output: checked(step, answer) };
  } catch (thrown) {
    return { ...row, status: 'failed', error: errorRecord(thrown, row.path, 1) };
  }
}

function failing(walk: Walk, row: StepRow): StepSignal {
  walk.note(row);
  return { kind: 'failed', error: row.error as ErrorRecord };
}

function skip(walk: Walk, row: OwnRow): StepSignal {
  walk.note({ ...row, status: 'skipped' });
  return NEXT;
}

function checked({ id }: PlannedRespond, answer: { [key: string]: Json }): { [key: string]: Json } {
  const status = Number(answer.status ?? 200);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw bad(
      'respond.bad-status',
      `${id} responds with the status ${JSON.stringify(answer.status)}; it must be a number from 200 to 599.`,
    );
  }
  return {
    ...answer,
    status,
    ...(answer.headers !== undefined && { headers: headerTexts(id, answer.headers as { [name: string]: Json }) }),
  };
}

function headerTexts(id: string, headers: { [name: string]: Json }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(id, name, value)]));
}

const HEADER_VALUE = new RegExp(headerValuePattern);

/** Visible characters, spaces and tabs (RFC 9110, section 5.5): a line break would begin another header. */
function headerText(id: string, name: string, value: Json): string {
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const text = String(isText ? value : '').replace(/^[ \t]+|[ \t]+$/g, '');
  if (isText && HEADER_VALUE.test(text)) return text;
  throw bad(
    'respond.bad-header',
    `${id} responds with the header ${name}, whose value is ${isText ? 'not of one line of Latin-1' : 'no text'}. Give it a plain text.`,
  );
}

function bad(code: string, message: string): StepError {
  return new StepError({ code, message, blame: 'author' });
}
