import type { Json } from '@millrace/component-sdk';
import type { StepRow } from '@millrace/engine';
import { joinPointer } from '@millrace/flow';
import { mismatches, type Mismatch } from './match.js';
import { fits } from './paths.js';
import type { CaseRun } from './run-case.js';
import type { ExpectedRequest, ExpectedStep, FlowCase, SentRequest } from './types.js';

/** One thing that is not as the case says. */
export interface Difference {
  /** What is different, in words: `step contact, attempts` or `request 2 of contact, body.text`. */
  readonly what: string;
  /** Absent where there is nothing to compare. */
  readonly compared?: { readonly expected: unknown; readonly received: unknown };
  readonly hint?: string;
  /** JSON pointer into the case. */
  readonly pointer: string;
}

/** Everything in which a run differs from what its case expects; nothing when the case holds. */
export function judge(one: FlowCase, run: CaseRun): Difference[] {
  return [...ofAnswers(run), ...ofEnd(one, run), ...ofRequests(one, run), ...ofSteps(one, run), ...ofLeftovers(run)];
}

function ofAnswers({ unanswered }: CaseRun): Difference[] {
  return unanswered.map(({ path, method, url }) => ({
    what: `${path} sent ${method} ${url}, and the case has no reply left for it`,
    hint: `Add one to replies: ${JSON.stringify({ [path]: { status: 200, body: {} } })}`,
    pointer: '/replies',
  }));
}

function ofEnd({ expect }: FlowCase, run: CaseRun): Difference[] {
  const { run: end = 'succeeded', error, output, response } = expect;
  const why = run.error && `${run.error.step ?? 'the run'}: ${run.error.code} ${run.error.message}`;
  const ended =
    end === run.end
      ? []
      : [{ what: 'the end of the run', compared: { expected: end, received: run.end }, hint: why, pointer: '/expect/run' }];
  return [
    ...ended,
    ...compare('error', '/expect/error', error, run.error),
    ...compare('output', '/expect/output', output, run.output),
    ...compare('response', '/expect/response', response, responseOf(run)),
  ];
}

function responseOf({ steps }: CaseRun): Json | undefined {
  const rows = [...steps.entries()].flatMap(([path, attempts]) => (path.includes('/') ? [] : attempts));
  return rows.find(({ kind, status }) => kind === 'respond' && status === 'succeeded')?.output;
}

function ofRequests({ expect: { requests = {} } }: FlowCase, run: CaseRun): Difference[] {
  return Object.entries(requests).flatMap(([path, expected]) => {
    const sent = run.requests.filter((request) => fits(path, request.path));
    const pointer = joinPointer('/expect/requests', path);
    const list = isList(expected) ? expected : [expected];
    if (sent.length !== list.length) return [countOf(path, pointer, list.length, sent)];
    return list.flatMap((one, index) => {
      const what = list.length === 1 ? `request of ${path}` : `request ${index + 1} of ${path}`;
      return compare(what, isList(expected) ? `${pointer}/${index}` : pointer, normal(one), viewOf(sent[index]!, one));
    });
  });
}

function isList(expected: ExpectedRequest | readonly ExpectedRequest[]): expected is readonly ExpectedRequest[] {
  return Array.isArray(expected);
}

function countOf(path: string, pointer: string, expected: number, sent: readonly SentRequest[]): Difference {
  const hint = sent.map(({ method, url }) => `${method} ${url}`).join(', ');
  return { what: `number of requests of ${path}`, compared: { expected, received: sent.length }, ...(hint && { hint }), pointer };
}

function normal({ headers, ...rest }: ExpectedRequest): Json {
  const lower = headers && Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...rest, ...(lower && { headers: lower }) } as Json;
}

/** A request as it is compared: its URL without the query, unless the case has one there. */
function viewOf({ method, url, headers, body }: SentRequest, expected: ExpectedRequest): unknown {
  const { searchParams } = new URL(url);
  const whole = typeof expected.url === 'string' && expected.url.includes('?');
  const query = Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, oneOrAll(searchParams.getAll(name))]));
  return { method, url: whole ? url : url.split('?')[0], query, headers, body };
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0]! : values;
}

function ofSteps({ expect: { steps = {} } }: FlowCase, run: CaseRun): Difference[] {
  return Object.entries(steps).flatMap(([path, expected]) => {
    const pointer = joinPointer('/expect/steps', path);
    const met = [...run.steps].filter(([stepPath]) => fits(path, stepPath));
    if (met.length === 0) return compare(`step ${path}`, pointer, expected as Json, { status: 'not-run', attempts: 0 });
    return met.flatMap(([stepPath, rows]) => ofStep(stepPath, pointer, expected, rows));
  });
}

function ofStep(path: string, pointer: string, expected: ExpectedStep, rows: readonly StepRow[]): Difference[] {
  const last = rows.at(-1)!;
  const { input, output, error } = last;
  const status = last.status === 'retrying' ? 'failed' : last.status;
  const received = { status, input, output, error, attempts: status === 'skipped' ? 0 : rows.length, branch: branchOf(last) };
  return compare(`step ${path}`, pointer, expected as Json, received, error && `${error.code} ${error.message}`);
}

function branchOf({ kind, output }: StepRow): string | number | undefined {
  if (kind === 'if') return (output as { branch?: string } | undefined)?.branch;
  const taken = kind === 'switch' ? (output as { case?: number } | undefined)?.case : undefined;
  return taken === -1 ? 'default' : taken;
}

function ofLeftovers({ unusedReplies, unusedResumes }: CaseRun): Difference[] {
  const replies = unusedReplies.map(({ path, index }) => ({
    what: index === undefined ? `the reply to ${path} was never asked for` : `reply ${index + 1} to ${path} was never asked for`,
    pointer: joinPointer('/replies', path) + (index === undefined ? '' : `/${index}`),
  }));
  return [
    ...replies,
    ...unusedResumes.map((path) => ({ what: `${path} never waited for a request`, pointer: joinPointer('/resume', path) })),
  ];
}

function compare(what: string, pointer: string, expected: Json | undefined, received: unknown, hint?: string): Difference[] {
  if (expected === undefined) return [];
  return mismatches(expected, received).map(({ at, expected: wanted, received: got }) => ({
    what: at.length === 0 ? what : `${what}, ${nameOf(at)}`,
    compared: { expected: wanted, received: got },
    ...(hint !== undefined && { hint }),
    pointer: at.reduce<string>(joinPointer, pointer),
  }));
}

function nameOf(at: Mismatch['at']): string {
  return at.reduce<string>((name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`), '');
}
