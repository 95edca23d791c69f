import type { RunView } from '../../control-api/index.js';
import { printable, shorten } from './text.js';

/** The error of a run that failed. */
export type Failure = NonNullable<RunView['error']>;

/** What the other side answered, or where a component broke: lines, and characters of each. */
const EVIDENCE_LINES = 6;
const EVIDENCE_WIDTH = 160;

/** What failed, what is known of it, and what to do next. */
export function failureLines(error: Failure, run: RunView): string[] {
  const where = error.step === undefined ? 'The run failed' : `The run failed at ${printable(error.step)}`;
  return [`${where}: ${printable(error.message)}`, ...evidenceLines(error, run.id), ...unsafeLine(error), endLine(error, run)];
}

/** How the answer of the other side begins, or the stack of a component. */
function evidenceLines({ details }: Failure, id: string): string[] {
  const { responseBody, stack } = (details ?? {}) as { readonly responseBody?: unknown; readonly stack?: unknown };
  return [...excerpt('It answered:', responseBody, id), ...excerpt('Where it broke:', stack, id)];
}

function excerpt(title: string, value: unknown, id: string): string[] {
  if (value === undefined || value === null || value === '') return [];
  const lines = (typeof value === 'string' ? value : JSON.stringify(value)).trim().split(/\r?\n/);
  const shown = lines.slice(0, EVIDENCE_LINES).map((line) => shorten(printable(line), EVIDENCE_WIDTH));
  const isAll = lines.length <= EVIDENCE_LINES && shown.every((line) => [...line].length < EVIDENCE_WIDTH);
  return [title, ...shown.map((line) => `    ${line}`), ...(isAll ? [] : [`    … millrace runs show ${id} --json has the rest.`])];
}

/** Why there was no other attempt, where one might have helped. */
function unsafeLine({ unsafeToRepeat, code }: Failure): string[] {
  if (!unsafeToRepeat) return [];
  return [
    `It was not tried again by itself: the step may have taken effect, and would then do so twice. Where that does no harm, name ${printable(code)} in "on" of its retry.`,
  ];
}

/** Somebody may have seen to it already. */
function endLine(error: Failure, run: RunView): string {
  if (run.resolution === 'discarded') return 'It was discarded: somebody set it aside as a dead letter.';
  if (run.resolution === 'rerun') return `It was run again: millrace runs --event ${run.eventId} lists all runs of its event.`;
  return `Next: ${lookFirst(error)}${nextAction(error, run)}`;
}

/** Failures in which a step may have, or has, done its work outside. */
const MAY_HAVE_ACTED = new Set(['component.crashed', 'crash.in-flight', 'run.poison']);
const HAS_ACTED = new Set(['output.not-json', 'output.too-large']);

/** A re-run is another run to the other side. */
function lookFirst({ code, unsafeToRepeat }: Failure): string {
  if (HAS_ACTED.has(code))
    return 'the step has acted, and a re-run acts once more, with another idempotency key: see that this does no harm, ';
  if (!unsafeToRepeat && !MAY_HAVE_ACTED.has(code)) return '';
  return 'look first whether the step took effect, for a re-run sends another idempotency key; where it did not, ';
}

/** How to run it again: from where it failed, unless `how` says otherwise. A test is not run again: its draft is tested anew. */
type Again = (how?: string) => string;
type Action = (error: Failure, run: RunView, again: Again) => string;

const correctPlugin: Action = ({ step }, run, again) =>
  `correct the plugin that has ${componentOf(step, run)} and start Millrace again (report it where the component is a built-in one), then ${again()}`;

/** The event is wrong for the flow, or the flow for the event; a re-run on the same version would fail in the same way. */
const correctEvent: Action = (_, { flowId, eventId, test }, again) =>
  test
    ? `send an event that fits, or change the trigger of the draft, then ${again()}`
    : `the event does not fit the trigger of ${flowId}: have the sender correct it and send it again, or change the trigger and replay it: millrace events replay ${eventId}`;

/** What is to be done where the code says more than whose fault it is. */
const BY_CODE: Readonly<Record<string, Action>> = {
  'trigger.schema': correctEvent,
  'dedupe.key-missing': correctEvent,
  'collect.key-missing': correctEvent,
  'component.crashed': correctPlugin,
  'output.not-json': correctPlugin,
  'output.too-large': ({ step }, run, again) =>
    `have the step ask for less, have the plugin of ${componentOf(step, run)} give less, or raise MILLRACE_MAX_OUTPUT, then ${again(' --live')}`,
  'component.unknown': (_, __, again) => `install the plugin that has the component and start Millrace again, then ${again()}`,
  'flow.stopped': (_, { flowId }, again) =>
    `nothing is wrong with ${flowId}: a stop step of it ends such a run as failed, for the reason above. When that is put right, ${again(' --from start')}`,
  'wait.timeout': (_, __, again) =>
    `find out why nobody answered in time, then ${again(' --from <step>')}. Name the step that sends the URL, for the new run waits at a new one`,
  'crash.in-flight': (_, __, again) => again(),
  'run.poison': (_, __, again) => `see in the log of the runner why it died, then ${again()}`,
};

function nextAction(error: Failure, run: RunView): string {
  const again: Again = (how = '') => {
    if (run.test) return 'test it again.';
    return `run it again${how.includes('--from') ? '' : ' from there'}: millrace rerun ${run.id}${how}`;
  };
  const called = calledRun(error);
  if (called !== undefined) return `see what became of the run that it called: millrace runs show ${called}, then ${again()}`;
  return (BY_CODE[error.code] ?? byBlame)(error, run, again);
}

const byBlame: Action = ({ blame, unsafeToRepeat }, { flowId }, again) => {
  const longer = unsafeToRepeat ? '' : ' (a longer retry would have waited)';
  if (blame === 'author') return `correct the flow ${flowId}, check it with millrace validate, then ${again(' --live')}`;
  if (blame === 'remote') return `see whether the other side works again${longer}, then ${again()}`;
  if (blame === 'operator') return `check the settings and credentials of this server, then ${again()}`;
  return `put right what the sentence above names, then ${again()}`;
};

/** Of a `call` whose flow failed, where the cause is to be found. */
function calledRun({ details }: Failure): string | undefined {
  const { runId } = (details ?? {}) as { readonly runId?: unknown };
  return typeof runId === 'string' ? printable(runId) : undefined;
}

/** The component of the step, where the steps of the run say more than that it uses one. */
function componentOf(step: string | undefined, { steps }: RunView): string {
  const kind = steps.find(({ path }) => path === step)?.kind ?? 'use';
  return kind === 'use' ? 'the component' : printable(kind);
}
