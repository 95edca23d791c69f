import { allSteps, joinPointer, keyNodeAt, nodeAt, positionsOf, readJsonc, suggestion, valueOf } from '@millrace/flow';
import type { Flow, JsonDocument, Step } from '@millrace/flow';
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { casesSchema } from './schema.js';
import type { FlowCase, Reply } from './types.js';

/** One thing wrong with a cases file, and where. */
export interface CaseProblem {
  readonly code:
    | 'cases.syntax'
    | 'cases.bad-shape'
    | 'cases.duplicate-name'
    | 'cases.unknown-step'
    | 'cases.bad-reply'
    | 'cases.no-outcome'
    | 'cases.bad-pattern';
  readonly severity: 'error';
  /** A sentence that says what to do. */
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
}

export interface ReadCases {
  /** Empty when there are problems. */
  readonly cases: readonly FlowCase[];
  /** All at once, in file order. */
  readonly problems: readonly CaseProblem[];
  /** Where something in the file is, by JSON pointer; of what is not there, where it would be. */
  position(pointer: string): { readonly line: number; readonly column: number };
}

type Report = (code: CaseProblem['code'], message: string, pointer: string, atKey?: boolean) => void;

/** Reads the text of a flow's cases file. Never throws over it. `flows` are all flows by id, `flow` among them. */
export function parseCases(text: string, flow: Flow, flows: ReadonlyMap<string, Flow>): ReadCases {
  const document = readJsonc(text);
  const position = positionIn(document);
  const problems: CaseProblem[] = [];
  const report: Report = (code, message, pointer, atKey = false) =>
    void problems.push({ code, severity: 'error', message, ...position(pointer, atKey) });
  const cases = document.faults.length === 0 && document.root ? (valueOf(document.root) as unknown as readonly FlowCase[]) : [];
  const place = positionsOf(document.text);
  for (const { message, offset } of document.faults) problems.push({ code: 'cases.syntax', severity: 'error', message, ...place(offset) });
  if (problems.length === 0) reportShape(cases, report);
  if (problems.length === 0) reportMeaning(cases, { flow, flows }, report);
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { cases: problems.length === 0 ? cases : [], problems, position: (pointer) => position(pointer, true) };
}

function positionIn({ text, root }: JsonDocument): (pointer: string, atKey: boolean) => { line: number; column: number } {
  const place = positionsOf(text);
  const offsetOf = (pointer: string, atKey: boolean): number => {
    const node = (atKey ? keyNodeAt(root, pointer) : undefined) ?? nodeAt(root, pointer);
    if (node || pointer === '') return node?.offset ?? 0;
    return offsetOf(pointer.slice(0, pointer.lastIndexOf('/')), true);
  };
  return (pointer, atKey) => place(offsetOf(pointer, atKey));
}

/** Verbose: a misfit brings along the part of the schema that it does not fit, which knows the right names. */
const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
addFormats.default(ajv);
const validate = ajv.compile(casesSchema);

function reportShape(cases: unknown, report: Report): void {
  if (validate(cases)) return;
  for (const error of validate.errors ?? []) reportMisfit(error, report);
}

function reportMisfit(error: ErrorObject, report: Report): void {
  const { keyword, params, instancePath, parentSchema, message = 'is invalid' } = error;
  if (keyword !== 'additionalProperties') return report('cases.bad-shape', `This ${message}${allowed(error)}.`, instancePath);
  const { additionalProperty: name } = params as { additionalProperty: string };
  const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
  report('cases.bad-shape', `There is no \`${name}\` here.${suggestion(name, known)}`, joinPointer(instancePath, name), true);
}

function allowed({ keyword, params }: ErrorObject): string {
  return keyword === 'enum' ? `: ${(params as { allowedValues: readonly string[] }).allowedValues.join(', ')}` : '';
}

interface Known {
  readonly flow: Flow;
  readonly flows: ReadonlyMap<string, Flow>;
}

function reportMeaning(cases: readonly FlowCase[], known: Known, report: Report): void {
  const names = new Set<string>();
  for (const [index, one] of cases.entries()) {
    if (names.has(one.name))
      report('cases.duplicate-name', `Another case is called ${JSON.stringify(one.name)}; give each its own name.`, `/${index}/name`);
    names.add(one.name);
    reportPaths(one, `/${index}`, known, report);
    reportReplies(one, `/${index}/replies`, report);
    reportPatterns(one.expect, `/${index}/expect`, report);
  }
}

function reportPaths({ replies, resume, expect }: FlowCase, pointer: string, known: Known, report: Report): void {
  const places = { replies, resume, 'expect/requests': expect.requests, 'expect/steps': expect.steps };
  for (const [place, entries] of Object.entries(places)) {
    for (const path of Object.keys(entries ?? {})) {
      const problem = pathProblem(path, known);
      const at = joinPointer(`${pointer}/${place}`, path);
      if (problem) report('cases.unknown-step', problem, at, true);
      else if (place === 'expect/steps' && 'try' in (stepAt(path, known) ?? {}))
        report('cases.no-outcome', `\`${path}\` is a try, which has no outcome of its own; name the steps inside it.`, at, true);
    }
  }
}

/** The step that a path ends at; a path goes through loops by their items and into called flows by `/`. */
function stepAt(path: string, known: Known): Step | undefined {
  const parts = path.split('/');
  const within = parts.slice(0, -1).reduce<Flow | undefined>((flow, part) => calledBy(flow && stepIn(flow, part), known), known.flow);
  return within && stepIn(within, parts.at(-1) ?? '');
}

function stepIn(flow: Flow, path: string): Step | undefined {
  const ids = idsIn(path);
  const steps = stepsOf(flow);
  return ids.every((id) => steps.has(id)) ? steps.get(ids.at(-1) ?? '') : undefined;
}

function pathProblem(path: string, known: Known): string | undefined {
  if (stepAt(path, known)) return undefined;
  const end = path.lastIndexOf('/');
  const flow = end < 0 ? known.flow : calledBy(stepAt(path.slice(0, end), known), known);
  if (!flow) return `\`${path}\` goes into a flow that \`${path.slice(0, end)}\` does not call.`;
  const ids = [...stepsOf(flow).keys()];
  const last = path.slice(end + 1);
  const unknown = idsIn(last).find((id) => !ids.includes(id)) ?? last;
  return `The flow ${flow.id} has no step \`${unknown}\`.${suggestion(unknown, ids)}`;
}

function calledBy(step: Step | undefined, { flows }: Known): Flow | undefined {
  return step && 'call' in step ? flows.get(step.call) : undefined;
}

function stepsOf({ steps, onError = [] }: Flow): Map<string, Step> {
  return new Map([...allSteps(steps), ...allSteps(onError)].map((step) => [step.id, step]));
}

/** `each[3].notify` has `each` and `notify`. */
function idsIn(path: string): string[] {
  return path.split('.').map((part) => part.replace(/\[(\d+|\*)\]$/, ''));
}

function reportReplies({ replies = {} }: FlowCase, pointer: string, report: Report): void {
  for (const [path, entry] of Object.entries(replies)) {
    for (const [index, reply] of [entry].flat().entries()) {
      const at = joinPointer(pointer, path) + (Array.isArray(entry) ? `/${index}` : '');
      if (kindsOf(reply as Reply) > 1)
        report(
          'cases.bad-reply',
          'A reply is a response (status, headers, body), an error of the network, or an output; not two of them.',
          at,
        );
    }
  }
}

function kindsOf({ status, headers, body, error, output }: Reply): number {
  return [status ?? headers ?? body, error, output].filter((part) => part !== undefined).length;
}

function reportPatterns(value: unknown, pointer: string, report: Report): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = joinPointer(pointer, key);
    if (key === '$matches' && !isPattern(inner)) report('cases.bad-pattern', 'This is no regular expression.', at);
    reportPatterns(inner, at, report);
  }
}

function isPattern(pattern: unknown): boolean {
  try {
    return typeof pattern === 'string' && Boolean(new RegExp(pattern, 'u'));
  } catch {
    return false;
  }
}
