import type { AttemptView, RunItem, RunView, StepView } from '../../control-api/index.js';
import { failureLines } from './failure.js';
import { fewItems } from './loop-steps.js';
import { waitText } from './waits.js';
import { abbreviate, printable, shorten, table } from './text.js';
import { duration, localTime, took } from './time.js';

type Status = RunItem['status'] | StepView['status'];

const GLYPHS: Readonly<Record<Status, string>> = {
  succeeded: '✓',
  failed: '✗',
  running: '▶',
  waiting: '◷',
  retrying: '↻',
  queued: '·',
  cancelled: '⊘',
  filtered: '–',
  skipped: '–',
  interrupted: '?',
};

/** Widths in characters: a cause in the list, a value in the details. */
const CAUSE_WIDTH = 70;
const VALUE_WIDTH = 300;

function state(status: Status): string {
  return `${GLYPHS[status]} ${status}`;
}

/** The live versions by flow; a flow that has none is missing. */
type Versions = ReadonlyMap<string, number>;

/** One line per run, newest first. Behind its flow stands what is special about it, such as a version that is not live. */
export function runTable({ items }: { readonly items: readonly RunItem[] }, now: number, live: Versions = new Map()): string {
  const rows = items.map((run) => [
    state(run.status),
    run.id,
    [run.flowId, ...marks(run, live.get(run.flowId))].join(' '),
    localTime(run.createdAt),
    took(run.startedAt, run.finishedAt, now),
    cause(run),
  ]);
  return table(['STATUS', 'RUN', 'FLOW', 'ARRIVED', 'TOOK', 'PROBLEM'], rows);
}

function marks({ version, rerunOf, dry, test }: RunItem, live: number | undefined): string[] {
  const isOther = !test && live !== undefined && live !== version;
  const words = [isOther && `v${version}`, test && 'test', dry && 'dry run', rerunOf !== null && 're-run'].filter((word) => word !== false);
  return words.length === 0 ? [] : [`(${words.join(', ')})`];
}

function cause({ error, waitsFor, resumeAt, passedOver }: RunItem): string {
  if (waitsFor) return waitText(waitsFor);
  if (!error && resumeAt !== null) return `waits, until ${localTime(resumeAt)} at the latest`;
  if (!error) return passedOver === null || passedOver === 0 ? '' : `${failures(passedOver)} passed over`;
  const reason = shorten(printable(`${error.code} ${error.message}`), CAUSE_WIDTH);
  return error.step === undefined ? reason : `${error.step}: ${reason}`;
}

function failures(count: number): string {
  return count === 1 ? '1 failure' : `${count} failures`;
}

/** Everything about one run that fits a screen: what happened in which step, and what to do next. `all`: every item of every loop. */
export function runDetails(run: RunView, now: number, { all = false }: { readonly all?: boolean } = {}): string {
  const length = took(run.startedAt, run.finishedAt, now);
  const head = [
    `${state(run.status)}  ${run.flowId}, version ${run.version}`,
    '',
    `  run      ${run.id}`,
    `  event    ${run.eventId}`,
    `  arrived  ${localTime(run.createdAt)}${length === '' ? '' : `, took ${length}`}`,
    ...originLines(run),
  ];
  const steps = (all ? run.steps : fewItems(run)).flatMap((step) =>
    'more' in step ? [`  ${printable(step.more)}`] : stepLines(step, run),
  );
  const end = ending(run);
  return [...head, ...(steps.length > 0 ? ['', ...steps] : []), ...(end.length > 0 ? ['', ...end] : [])].join('\n');
}

function originLines({ parent, rerunOf, resolution, dry, test }: RunView): string[] {
  const told = resolution === 'caller' ? ', which was told of the failure' : '';
  return [
    ...(parent === null ? [] : [`  called   by run ${parent}${told}`]),
    ...(rerunOf === null ? [] : [`  re-run   of ${rerunOf}`]),
    ...(dry ? ['  dry run  components that act outside only answered as if they had'] : []),
    ...(test ? ['  test     of a draft'] : []),
  ];
}

/** Where the result of a step comes from that was not done; its times and attempts are then of elsewhere. */
const GIVEN: Readonly<Record<NonNullable<StepView['given']> | 'done', string>> = {
  recorded: 'taken over',
  pinned: 'pinned',
  assumed: 'assumed',
  done: '',
};

function stepLines(step: StepView, run: RunView): string[] {
  const length = step.finishedAt === null ? '' : duration(Date.parse(step.finishedAt) - beganIn(run, step));
  const tries = step.attempts > 1 ? `${step.attempts} attempts` : '';
  const calledOff = isCalledOff(step);
  const unanswered = calledOff && step.question ? 'never answered' : '';
  const notes = [GIVEN[step.given ?? 'done'], tries, unanswered, length].filter(Boolean).join(', ');
  const head = [`  ${state(calledOff ? 'cancelled' : step.status).padEnd(13)}`, printable(step.path), `(${printable(step.kind)})`, notes];
  return [head.join(' ').trimEnd(), ...attemptLines(step), ...valueLines(step)];
}

/** It only waited when the run ended: that ended the wait, and nothing was under way. */
function isCalledOff({ status, finishedAt }: StepView): boolean {
  return status === 'interrupted' && finishedAt !== null;
}

/** When a step began in this run: a loop that a re-run goes on with began in the run before. What was taken over has its own times. */
function beganIn({ rerunOf, startedAt }: RunView, step: StepView): number {
  const own = Date.parse(step.startedAt);
  return rerunOf === null || step.given !== null ? own : Math.max(own, Date.parse(startedAt ?? step.startedAt));
}

/** Attempts are worth a line each once there is more than one. */
function attemptLines({ attemptLog }: StepView): string[] {
  return attemptLog.length > 1 ? attemptLog.map((attempt) => `      ${attemptText(attempt)}`) : [];
}

function attemptText({ attempt, status, startedAt, durationMs, error }: AttemptView): string {
  const length = durationMs === null ? '' : ` after ${duration(durationMs)}`;
  const reason = error ? `: ${shorten(printable(`${error.code} ${error.message}`), VALUE_WIDTH)}` : '';
  return `${attempt}. ${localTime(startedAt)} ${status}${length}${reason}`;
}

/** A value that is too large is named by where it is. */
function valueText(value: unknown, file: StepView['outputFile']): string | undefined {
  return file ? `${file.bytes} bytes, at ${file.url}` : abbreviate(value, VALUE_WIDTH);
}

/** How the other side answered a failure that was passed over; of the one that the run failed of, its end tells. */
function replyText(error: StepView['error']): string | undefined {
  const { responseBody } = (error?.details ?? {}) as { readonly responseBody?: unknown };
  return responseBody === '' ? undefined : abbreviate(responseBody, VALUE_WIDTH);
}

function valueLines({
  input,
  inputFile,
  output,
  outputFile,
  error,
  passedOver,
  retryAt,
  rateOf,
  resumeAt,
  resumeUrl,
  question,
}: StepView): string[] {
  const values: [string, string | undefined][] = [
    ['input', valueText(input, inputFile)],
    ['output', valueText(output, outputFile)],
    ['error', error ? printable(`${error.code}: ${error.message}`) : undefined],
    ['reply', passedOver === null ? undefined : replyText(error)],
    ['then', passedOver === null ? undefined : printable(passedOver.message)],
    [
      'rate',
      rateOf === null
        ? undefined
        : `waits for the rate of the credential ${printable(rateOf)}${resumeAt === null ? '' : ` until ${localTime(resumeAt)}`}`,
    ],
    ['resume', resumeUrl === null ? undefined : `by ${question ? 'an answer at' : 'a request to'} ${resumeUrl}`],
    ['again', retryAt === null ? undefined : `at ${localTime(retryAt)}`],
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [`      ${name.padEnd(8)}${value}`]));
}

function ending(run: RunView): string[] {
  if (run.error) return failureLines(run.error, run);
  if (run.status === 'filtered') return ['The `when` of the trigger did not hold, so no step was run.'];
  if (run.passedOver !== null && run.passedOver > 0) return [passedOverLine(run.passedOver, run.steps)];
  return standing(run);
}

/** In which step the first of them was. */
function passedOverLine(count: number, steps: readonly StepView[]): string {
  const first = steps.find(({ passedOver }) => passedOver !== null);
  const where = first === undefined ? '' : `, ${count === 1 ? 'at' : 'the first at'} ${printable(first.path)}`;
  return `The run succeeded, but ${failures(count)} ${count === 1 ? 'was' : 'were'} passed over${where}.`;
}

/** What keeps a run from going on, and what lets it; nothing where nothing does. */
export function standing({ flowId, status, resumeAt, held, lane, pace, steps }: RunView): string[] {
  if (held) return [`The run is held, because its flow is paused: millrace resume ${printable(flowId)} lets it go on.`];
  if (lane && lane.place > 0) return [`The run waits for its turn behind run ${lane.behind}: ${lineOf(lane)}`];
  if (pace)
    return [`The run waits for the rate of its flow, ${pace.limit} within ${duration(pace.perMs)}; ${waiting(pace.before)} before it.`];
  if (status !== 'waiting') return [];
  const until = resumeAt === null ? [] : [`The run waits, until ${localTime(resumeAt)} at the latest.`];
  return [...until, ...steps.flatMap(askedLine)];
}

/** A step that somebody lets go on. */
function askedLine({ path, status, resumeUrl, question }: StepView): string[] {
  if (status !== 'waiting' || resumeUrl === null) return [];
  if (question) return [`${printable(path)} asks: ${printable(question.title)}`, `Answer at ${printable(resumeUrl)}`];
  return [`${printable(path)} waits for somebody: a POST to ${printable(resumeUrl)} lets it go on.`];
}

function waiting(before: number): string {
  if (before === 0) return 'nobody waits';
  return before === 1 ? 'one other waits' : `${before} others wait`;
}

function lineOf({ key, limit, place }: NonNullable<RunView['lane']>): string {
  const whose = key === '' ? 'of this flow' : `with the key ${printable(key)}`;
  const ahead = place === 1 ? 'it is next' : `${place - 1} stand before it in line`;
  return `${limit} ${limit === 1 ? 'run' : 'runs'} ${whose} may go on at a time, and ${ahead}.`;
}
