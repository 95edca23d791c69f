import type { CaseEvent, FlowCase, Reply } from '@millrace/cases';
import type { Json } from '@millrace/component-sdk';
import type { EventView, RunView, StepView } from '../../control-api/index.js';

/** A case made of a run, and what of the run could not be put into it, as sentences. */
export interface CaseFromRun {
  readonly made: FlowCase;
  readonly left: readonly string[];
}

/**
 * What a run tells of itself, as a case: its event, what each component gave in place of replies, and how it ended. What steps
 * gave must be in `run.steps`, also where it is large.
 */
export function caseFromRun(asItRan: RunView, event: EventView, name: string): CaseFromRun {
  const run = { ...asItRan, steps: asItRan.steps.map((step) => inTests(step, asItRan.id)) };
  const uses = run.steps.filter(({ kind }) => kind === 'use');
  const replies = Object.fromEntries(uses.flatMap((step) => pair(step, repliesOf(step))));
  const resume = Object.fromEntries(run.steps.flatMap((step) => pair(step, resumeOf(step))));
  const made: FlowCase = {
    name,
    now: event.receivedAt,
    event: eventOf(event),
    ...(Object.keys(replies).length > 0 && { replies }),
    ...(Object.keys(resume).length > 0 && { resume }),
    expect: {
      run: run.status as NonNullable<FlowCase['expect']['run']>,
      ...(run.error && { error: { code: run.error.code, ...(run.error.step !== undefined && { step: run.error.step }) } }),
      steps: Object.fromEntries(run.steps.flatMap((step) => pair(step, expected(step)))),
    },
  };
  return { made, left: leftOut(run, event) };
}

/** The resume URLs that a run sent are signed, and a test gives others in their place. */
function inTests(step: StepView, runId: string): StepView {
  const urls = new RegExp(`https?://[^\\s"/]+(/[^\\s"]*?)?/resume/${runId}/([^\\s"/]+)/[\\w-]+`, 'g');
  const replaced = (value: unknown): unknown => {
    const text = JSON.stringify(value ?? null);
    return JSON.parse(text.replaceAll(urls, (_, _base, path: string) => `https://millrace.test/resume/${decodeURIComponent(path)}`));
  };
  return { ...step, input: replaced(step.input), output: replaced(step.output) } as StepView;
}

function pair<T>({ path }: StepView, value: T | undefined): (readonly [string, T])[] {
  return value === undefined ? [] : [[path, value]];
}

/** A form is written as what it was read as. Of the headers, those that senders make up for themselves. */
function eventOf({ headers, body, method, url }: EventView): CaseEvent {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-') && !/^x-(forwarded|real|request)-/.test(name));
  const isText = body.kind === 'text' || body.kind === 'base64';
  const kept = Object.fromEntries([...own, ...(isText ? [['content-type', headers['content-type'] ?? 'text/plain']] : [])]);
  const query = Object.fromEntries(new URLSearchParams(url.split('?')[1] ?? ''));
  return {
    ...(method !== 'POST' && /^[A-Z]+$/.test(method) && { method }),
    ...(Object.keys(kept).length > 0 && { headers: kept as Record<string, string> }),
    ...(Object.keys(query).length > 0 && { query }),
    body: (body.value ?? null) as Json,
  };
}

/** Attempts that failed as the network or a status made them fail, then what the step gave. */
function repliesOf({ attemptLog, status, output }: StepView): Reply | Reply[] | undefined {
  const failures = attemptLog.flatMap(({ error }) => (error ? (replyOf(error.code) ?? []) : []));
  const given = status === 'succeeded' ? [{ output: output as Json }] : [];
  const all: Reply[] = [...failures, ...given];
  return all.length > 1 ? all : all[0];
}

const NETWORK: Readonly<Record<string, NonNullable<Reply['error']>>> = {
  timeout: 'timeout',
  'network.refused': 'refused',
  'network.dns': 'dns',
  'network.reset': 'reset',
};

function replyOf(code: string): Reply | undefined {
  const [, status] = /^http\.(\d{3})$/.exec(code) ?? [];
  if (status !== undefined) return { status: Number(status) };
  return Object.hasOwn(NETWORK, code) ? { error: NETWORK[code]! } : undefined;
}

function resumeOf({ kind, status, output }: StepView): Json | undefined {
  const isTime = typeof output === 'object' && output !== null && 'until' in output;
  return kind === 'wait' && status === 'succeeded' && !isTime ? (output as Json) : undefined;
}

function expected({ kind, status, input, output, attempts }: StepView): NonNullable<FlowCase['expect']['steps']>[string] | undefined {
  if (kind === 'use')
    return { status: status === 'succeeded' ? 'succeeded' : 'failed', input: input as Json, ...(attempts > 1 && { attempts }) };
  if (kind === 'when') return { status: 'skipped' };
  if (kind === 'if') return { branch: (output as { branch: string }).branch };
  if (kind !== 'switch') return undefined;
  const { case: taken } = output as { case: number };
  return { branch: taken < 0 ? 'default' : taken };
}

function leftOut({ steps }: RunView, { body }: EventView): string[] {
  const folded = steps.find((step) => step.kind === 'item' && !steps.some(({ path }) => path.startsWith(`${step.path}.`)));
  const calls = steps.filter(({ kind }) => kind === 'call').map(({ path }) => path);
  return [
    ...(body.kind === 'large' ? ['The body of the event is large and not part of the case; put it into `event`.'] : []),
    ...(folded ? [`What steps did in ${folded.path} was not kept; add replies for them, such as \`${anyItem(folded)}\`.`] : []),
    ...(calls.length > 0 ? [`Called flows are runs of their own; add replies for their steps, such as \`${calls[0]}/…\`.`] : []),
  ];
}

/** How replies name a step in all items of a loop. */
function anyItem({ path }: StepView): string {
  return `${path.replace(/\[\d+\]$/, '[*]')}.post`;
}
