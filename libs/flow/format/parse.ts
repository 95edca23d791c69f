import { collectProblems, hasErrors } from '../problems.js';
import type { Problem, ProblemList } from '../problems.js';
import { readJsonc } from '../text.js';
import type { JsonDocument } from '../text.js';
import { flowIdPattern } from '../types.js';
import type { Flow } from '../types.js';
import { complain, optional, present, readBoolean, readFields, readPattern, readText, required } from './reader.js';
import type { Cursor } from './reader.js';
import { readSettings, settingsKeys } from './settings.js';
import { stepsReader } from './steps.js';
import type { StepIndex } from './steps.js';
import { readBatch, readConcurrency, readDebounce, readPriority, readRate } from './flow-control.js';
import { readTrigger } from './triggers.js';

/** A file as far as it could be read: what is missing was reported. */
export interface FlowDraft extends Omit<Flow, 'trigger'> {
  readonly trigger?: Flow['trigger'];
}

export interface ReadFlow {
  readonly document: JsonDocument;
  readonly problems: ProblemList;
  readonly steps: StepIndex;
  readonly draft?: FlowDraft;
}

/**
 * Reads a flow file: JSON with comments and trailing commas. Reports everything that is wrong with its shape at once;
 * `flow` is there when nothing is. What the flow refers to is `checkFlow`'s business.
 */
export function parseFlow(text: string): { flow?: Flow; problems: Problem[] } {
  return resultOf(readFlow(text));
}

/** The flow, if no error was reported, and all problems. */
export function resultOf({ draft, problems }: ReadFlow): { flow?: Flow; problems: Problem[] } {
  const found = problems.sorted();
  const trigger = draft?.trigger;
  return draft && trigger && !hasErrors(found) ? { flow: { ...draft, trigger }, problems: found } : { problems: found };
}

export function readFlow(text: string): ReadFlow {
  const document = readJsonc(text);
  const problems = collectProblems(document.text);
  const steps: StepIndex = { pointers: new Map(), unread: new Set() };
  for (const fault of document.faults) problems.report(fault.code, fault.message, fault, fault.pointer);
  if (document.root === undefined) return { document, problems, steps };
  const root: Cursor = { node: document.root, pointer: '', report: problems.report };
  const draft = readRoot(root, steps);
  if (steps.pointers.size > mostSteps) {
    complain(root, 'flow.too-large', `The flow has ${steps.pointers.size} steps, at most ${mostSteps} are possible; split it.`);
    return { document, problems, steps };
  }
  return { document, problems, steps, ...(draft && { draft }) };
}

export const flowKeys = [
  '$schema',
  'format',
  'id',
  'name',
  'note',
  'enabled',
  'trigger',
  'defaults',
  'concurrency',
  'rate',
  'priority',
  'debounce',
  'batch',
  'steps',
  'onError',
] as const;

const readFlowId = readPattern(
  flowIdPattern,
  'flow.bad-id',
  'is not an id; write lower-case letters, digits and dashes, as in the file name.',
);

function readRoot(at: Cursor, index: StepIndex): FlowDraft | undefined {
  if (isNewer(at)) return undefined;
  const fields = readFields(at, { what: 'a flow', keys: flowKeys });
  if (fields === undefined) return undefined;
  const readSteps = stepsReader(index);
  const format = required(fields, 'format', readFormat);
  optional(fields, '$schema', readText);
  return present({
    format: format ?? 1,
    id: required(fields, 'id', readFlowId) ?? '',
    name: optional(fields, 'name', readText),
    note: optional(fields, 'note', readText),
    enabled: optional(fields, 'enabled', readBoolean),
    trigger: required(fields, 'trigger', readTrigger),
    defaults: optional(fields, 'defaults', readDefaults),
    concurrency: optional(fields, 'concurrency', readConcurrency),
    rate: optional(fields, 'rate', readRate),
    priority: optional(fields, 'priority', readPriority),
    debounce: optional(fields, 'debounce', readDebounce),
    batch: optional(fields, 'batch', readBatch),
    steps: required(fields, 'steps', readSteps) ?? [],
    onError: optional(fields, 'onError', readSteps),
  });
}

/** The most steps one file may have, branches included. */
export const mostSteps = 1000;

/** A newer format may mean anything by its keys: one sentence instead of a hundred wrong ones. */
function isNewer(at: Cursor): boolean {
  const format =
    at.node.type === 'object' ? at.node.children?.find(({ children }) => children?.[0]?.value === 'format')?.children?.[1] : undefined;
  if (format?.type !== 'number' || !(Number(format.value) > 1)) return false;
  const message = `This file is of format ${Number(format.value)}, and this version of Millrace reads format 1; update Millrace.`;
  complain({ ...at, node: format, pointer: '/format' }, 'flow.newer-format', message);
  return true;
}

function readFormat(at: Cursor): 1 | undefined {
  return at.node.value === 1 ? 1 : complain(at, 'flow.bad-value', 'The format is the number 1.');
}

function readDefaults(at: Cursor): Flow['defaults'] {
  const fields = readFields(at, { what: 'defaults', keys: settingsKeys });
  return fields && readSettings(fields);
}
