import { StepError, type Json } from '@millrace/component-sdk';
import { askLimits, formatDuration, parseDuration, resolveTemplate } from '@millrace/flow';
import type { PlannedRequest, PlannedWait } from '../plan.js';
import type { ErrorRecord, Question, StepRow } from '../records.js';
import { rehearsed } from '../rehearsal.js';
import { plainPath } from '../tries.js';
import { errorRecord, NEXT, until, type StepSignal, type Walk } from './step.js';

/** How often a step asks for its request while other strands keep the run in memory, in milliseconds. */
const ASK_EVERY_MS = 1_000;

/**
 * Suspends the run. When it goes on and what a person is asked are journalled once, so that a walk after a crash waits for the
 * same moment and asks the same.
 */
export async function walkWait(step: PlannedWait, walk: Walk): Promise<StepSignal> {
  const path = walk.path(step.id);
  const row = walk.row(path);
  if (row?.status === 'succeeded') return succeed(step, walk, row.output as Json);
  const begun = row ?? (await begin(step, walk, path));
  if (begun.status === 'failed') return { kind: 'failed', error: begun.error as ErrorRecord };
  return step.wait.kind === 'webhook' ? awaitRequest(step, step.wait, walk, begun) : awaitTime(step, walk, begun);
}

async function begin(step: PlannedWait, walk: Walk, path: string): Promise<StepRow> {
  const startedAt = walk.clock.now();
  const row = { path, attempt: 1, kind: 'wait', startedAt, finishedAt: startedAt };
  try {
    const resumeAt = await endOf(step, walk, path, startedAt);
    const input = await questionOf(step, walk, path);
    return noted(walk, { ...row, status: 'waiting', resumeAt, ...(input && { input }) });
  } catch (thrown) {
    return noted(walk, { ...row, status: 'failed', error: errorRecord(thrown, path, 1) });
  }
}

async function endOf({ id, wait }: PlannedWait, walk: Walk, path: string, now: number): Promise<number> {
  if (wait.kind === 'webhook') return now + wait.timeoutMs;
  const value = await resolveTemplate(wait.value, walk.scope, walk.environment(path));
  return wait.kind === 'for' ? inRange(now + durationOf(value, id), value, id) : inRange(timeOf(value, id), value, id);
}

/** What the page is to show; undefined where nobody is asked. */
async function questionOf({ id, wait }: PlannedWait, walk: Walk, path: string): Promise<Question | undefined> {
  if (wait.kind !== 'webhook' || !wait.ask) return undefined;
  const { title, text } = (await resolveTemplate(wait.ask.question, walk.scope, walk.environment(path))) as { title: Json; text?: Json };
  const question = fitting(worded('title', title, id), text === undefined ? undefined : worded('text', text, id));
  const length = charactersOf(question.text ?? '').length;
  if (length <= askLimits.text) return question;
  throw badQuestion(
    `What ${id} asks has ${length} characters; at most ${askLimits.text} are shown. Shorten it, with $substring for example.`,
  );
}

function worded(part: 'title' | 'text', value: Json, id: string): string {
  if (typeof value === 'object') {
    throw badQuestion(`\`ask.${part}\` of ${id} is ${value === null ? 'null' : 'no text'}. Write a text, or an expression that gives one.`);
  }
  const text = String(value);
  if (part === 'title' && text.trim() === '')
    throw badQuestion(`\`ask.title\` of ${id} is empty, so that nobody would know what is asked.`);
  return text;
}

/** A title that is too long is cut, and stands whole above the text: nobody is to decide on what was cut off. */
function fitting(title: string, text: string | undefined): Question {
  const characters = charactersOf(title);
  if (characters.length <= askLimits.title) return { title, ...(text !== undefined && { text }) };
  const whole = text === undefined ? title : `${title}\n\n${text}`;
  return { title: `${characters.slice(0, askLimits.title - 1).join('')}…`, text: whole };
}

/** By code point, as a JSON Schema counts them. */
function charactersOf(text: string): string[] {
  return [...text];
}

function badQuestion(message: string): StepError {
  return new StepError({ code: 'wait.bad-question', message, blame: 'author' });
}

/** 31 December 9999: what every store and every ISO 8601 text can say. */
const LAST_TIME = Date.UTC(9999, 11, 31);

function inRange(time: number, value: Json, id: string): number {
  if (Math.abs(time) <= LAST_TIME) return Math.round(time);
  throw badTime(`${id} is to wait for ${JSON.stringify(value)}, which is beyond the year 9999.`);
}

function badTime(message: string): StepError {
  return new StepError({ code: 'wait.bad-time', message, blame: 'author' });
}

function durationOf(value: Json, id: string): number {
  if (typeof value === 'number' && value >= 0) return value;
  try {
    return parseDuration(String(value));
  } catch {
    throw badTime(
      `${id} is to wait for ${JSON.stringify(value)}, which is no duration. Give one such as "10m", or a number of milliseconds.`,
    );
  }
}

/** With its zone (RFC 3339): a time without one means something else on every machine. */
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;

function timeOf(value: Json, id: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const time = typeof value === 'string' && ZONED.test(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return time;
  throw badTime(
    `${id} is to wait until ${JSON.stringify(value)}, which is no time. Give one such as "2026-01-31T09:00:00Z", with its zone.`,
  );
}

async function awaitTime(step: PlannedWait, walk: Walk, row: StepRow): Promise<StepSignal> {
  if (walk.run.dry || walk.run.test) return end(step, walk, row, { until: new Date(row.resumeAt ?? 0).toISOString() });
  const signal = await until(walk, row.resumeAt ?? 0);
  if (signal.kind !== 'next') return signal;
  return end(step, walk, row, { until: new Date(row.resumeAt ?? 0).toISOString() });
}

async function awaitRequest(step: PlannedWait, request: PlannedRequest, walk: Walk, row: StepRow): Promise<StepSignal> {
  const deadline = row.resumeAt ?? 0;
  if (walk.run.dry || walk.run.test) return end(step, walk, row, inPlaceOf(request, walk, row));
  for (;;) {
    const came = await walk.resumptions.find(walk.run.id, row.path);
    if (came) return end(step, walk, row, came.body);
    if (deadline <= walk.clock.now()) return expire(request, walk, row);
    const signal = await until(walk, Math.min(deadline, walk.clock.now() + ASK_EVERY_MS));
    if (signal.kind !== 'next') return signal.kind === 'suspended' ? { ...signal, resumeAt: deadline } : signal;
  }
}

/** What a request would have brought: in a rehearsal nobody is asked. */
function inPlaceOf({ schema }: PlannedRequest, walk: Walk, { path }: StepRow): Json {
  return rehearsed(path, typeof schema === 'object' ? schema : undefined, (other) => walk.row(other));
}

function end(step: PlannedWait, walk: Walk, row: StepRow, output: Json): StepSignal {
  walk.note({ ...row, status: 'succeeded', finishedAt: walk.clock.now(), output });
  return succeed(step, walk, output);
}

function expire({ ask }: PlannedRequest, walk: Walk, row: StepRow): StepSignal {
  const step = plainPath(row.path);
  const waited = formatDuration((row.resumeAt ?? walk.clock.now()) - row.startedAt);
  const what = ask ? 'an answer on its page' : 'a request to its resume URL';
  const message = `${step} waited ${waited} for ${what}, and none came. Raise its timeout, or catch wait.timeout.`;
  const error: ErrorRecord = { code: 'wait.timeout', message, step, blame: 'remote' };
  walk.note({ ...row, status: 'failed', finishedAt: walk.clock.now(), error });
  return { kind: 'failed', error };
}

function noted(walk: Walk, row: StepRow): StepRow {
  walk.note(row);
  return row;
}

function succeed(step: PlannedWait, walk: Walk, output: Json): StepSignal {
  walk.scope.steps[step.id] = output;
  return NEXT;
}
