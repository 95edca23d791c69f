import type { Json } from '@millrace/component-sdk';
import { parse } from 'jsonc-parser';

export type JsonObject = { readonly [key: string]: Json };

export const STEP_KINDS = [
  'use',
  'if',
  'switch',
  'forEach',
  'repeat',
  'parallel',
  'try',
  'wait',
  'call',
  'respond',
  'set',
  'stop',
] as const;

/** `unknown`: none of the keys that say what a step is. It is drawn all the same, so that nothing of a flow is hidden. */
export type StepKind = (typeof STEP_KINDS)[number] | 'unknown';

/** One list of steps below a step. */
export interface Lane {
  /** `then`, `else`, the position of a case, `default`, the name of a branch, `steps`, `repeat`, `try`, `catch`, `finally`. */
  readonly key: string;
  readonly role: 'branch' | 'body' | 'catch' | 'finally';
  readonly steps: readonly FlowStep[];
}

export interface FlowStep {
  readonly id: string;
  readonly kind: StepKind;
  /** As the author wrote it. */
  readonly json: JsonObject;
  readonly lanes: readonly Lane[];
}

/** The shape of a flow, whatever its steps do. */
export interface FlowTree {
  readonly id: string;
  readonly name: string | undefined;
  readonly note: string | undefined;
  readonly trigger: JsonObject;
  /** What counts for steps that do not say otherwise. */
  readonly defaults: JsonObject;
  readonly steps: readonly FlowStep[];
  readonly onError: readonly FlowStep[];
}

/** Runs what is inside any number of times: drawn as a frame around it. */
export function isLoop({ kind }: FlowStep): boolean {
  return kind === 'forEach' || kind === 'repeat';
}

/** Reads the structure of a flow's text, JSON with comments. Never fails: what cannot be read is left out. */
export function readFlow(text: string): FlowTree {
  const file = objectOf(parse(text, [], { allowTrailingComma: true }) as Json);
  return {
    id: textOf(file['id']) ?? '',
    name: textOf(file['name']),
    note: textOf(file['note']),
    trigger: objectOf(file['trigger']),
    defaults: objectOf(file['defaults']),
    steps: stepsOf(file['steps']),
    onError: stepsOf(file['onError']),
  };
}

/** Every step, depth first, in file order. */
export function everyStep(steps: readonly FlowStep[]): FlowStep[] {
  return steps.flatMap((step) => [step, ...step.lanes.flatMap((lane) => everyStep(lane.steps))]);
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function stepsOf(value: Json | undefined): FlowStep[] {
  return listOf(value).map((entry, index) => stepOf(objectOf(entry), index));
}

function stepOf(json: JsonObject, index: number): FlowStep {
  const kind = STEP_KINDS.find((key) => key in json) ?? 'unknown';
  return { id: textOf(json['id']) ?? `step ${index + 1}`, kind, json, lanes: LANES[kind]?.(json) ?? [] };
}

const LANES: Readonly<Partial<Record<StepKind, (json: JsonObject) => Lane[]>>> = {
  if: (json) => [lane('then', 'branch', json['then']), lane('else', 'branch', json['else'])],
  switch: (json) => [
    ...listOf(json['cases']).map((entry, index) => lane(String(index), 'branch', objectOf(entry)['steps'])),
    lane('default', 'branch', json['default']),
  ],
  forEach: (json) => [lane('steps', 'body', json['steps'])],
  repeat: (json) => [lane('repeat', 'body', json['repeat'])],
  parallel: (json) => Object.entries(objectOf(json['parallel'])).map(([name, steps]) => lane(name, 'branch', steps)),
  try: (json) => [
    lane('try', 'body', json['try']),
    lane('catch', 'catch', json['catch']),
    ...(json['finally'] === undefined ? [] : [lane('finally', 'finally', json['finally'])]),
  ],
};

function lane(key: string, role: Lane['role'], steps: Json | undefined): Lane {
  return { key, role, steps: stepsOf(steps) };
}
