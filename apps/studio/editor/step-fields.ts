import type { ComponentView } from '../api/wire.js';
import { objectOf, textOf, type FlowStep, type JsonObject } from '../flow/structure.js';
import { field, type Field, type FieldKind } from './fields.js';
import { componentFields } from './schema-fields.js';

const fixed = { mapped: false } as const;

/** The fields of a step, those that it must have first. */
export function fieldsOf(step: FlowStep, components: readonly ComponentView[]): Field[] {
  if (step.kind !== 'use') return OWN[step.kind]?.(step.json) ?? [];
  const component = components.find(({ name }) => name === textOf(step.json['use']));
  return component === undefined ? [field('/with', 'Fields', { kind: 'json' })] : componentFields(component.props as JsonObject);
}

const condition = (pointer: string, label: string): Field =>
  field(pointer, label, { kind: 'condition', required: true, description: 'One expression, such as {{ trigger.body.total >= 500 }}.' });

const WHILE = 'Asked after every round, seeing its steps, such as {{ steps.page.body.next }}; another one follows where it holds.';

const OWN: Readonly<Partial<Record<FlowStep['kind'], (json: JsonObject) => Field[]>>> = {
  if: () => [condition('/if', 'Condition')],
  switch: (json) => [
    field('/switch', 'Value to compare', { required: true, description: 'true makes every case a condition of its own.' }),
    ...casesOf(json).map((_, index) => field(`/cases/${index}/when`, `Case ${index + 1}`, { required: true, kind: caseKind(json) })),
  ],
  forEach: () => [
    field('/forEach', 'Items', { required: true, kind: 'json', named: false, description: 'A list, such as {{ trigger.body.lines }}.' }),
    field('/as', 'Name of the item', { ...fixed, description: 'How the steps inside call it; item, unless said.' }),
    field('/concurrency', 'At a time', { ...fixed, kind: 'number' }),
    field('/onItemError', 'When an item fails', { ...fixed, kind: 'choice', options: ['fail', 'continue'] }),
  ],
  repeat: () => [
    field('/while', 'Again while', { kind: 'condition', required: true, description: WHILE }),
    field('/limit', 'Most rounds', { ...fixed, kind: 'number', description: '100, unless said; more to do than that fails.' }),
  ],
  parallel: () => [field('/onBranchError', 'When a branch fails', { ...fixed, kind: 'choice', options: ['fail-fast', 'wait-all'] })],
  try: () => [field('/on', 'Errors to catch', { ...fixed, kind: 'json', description: 'A list such as ["http.4xx"]; all, unless said.' })],
  wait: ({ wait }) => WAITS[waitWay(objectOf(wait))],
  call: () => [
    field('/call', 'Flow', { ...fixed, required: true }),
    field('/input', 'Input', { kind: 'json' }),
    field('/await', 'Wait for its end', { ...fixed, kind: 'boolean' }),
  ],
  respond: () => [
    field('/respond/status', 'Status', { kind: 'number' }),
    field('/respond/headers', 'Headers', { kind: 'rows', values: 'text' }),
    field('/respond/body', 'Body', { kind: 'json' }),
  ],
  set: () => [field('/set', 'Values', { kind: 'rows', required: true })],
  stop: () => [
    field('/stop/as', 'The run ends as', { ...fixed, required: true, kind: 'choice', options: ['succeeded', 'failed'] }),
    field('/stop/message', 'Why'),
  ],
};

/** With `true` to compare, each case is a condition of its own. */
function caseKind({ switch: compared }: JsonObject): FieldKind {
  return compared === true ? 'condition' : 'json';
}

export type WaitWay = 'for' | 'until' | 'webhook';

export function waitWay(wait: JsonObject): WaitWay {
  if (wait['webhook'] !== undefined) return 'webhook';
  return wait['until'] === undefined ? 'for' : 'until';
}

const WAITS: Readonly<Record<WaitWay, Field[]>> = {
  for: [field('/wait/for', 'How long', { required: true, description: 'Such as 10m or 3d.' })],
  until: [field('/wait/until', 'Until when', { required: true, description: 'Such as 2030-01-31T09:00:00+01:00.' })],
  webhook: [field('/wait/webhook/timeout', 'At most', { ...fixed, description: 'Such as 3d; 7d, unless said.' })],
};

export function casesOf({ cases }: JsonObject): readonly JsonObject[] {
  return Array.isArray(cases) ? cases.map(objectOf) : [];
}

/** Settings that most steps share. */
export function advancedFields({ kind }: FlowStep): Field[] {
  const common = [
    field('/when', 'Only when', { kind: 'condition', description: 'The step is skipped unless this holds.' }),
    field('/onError', 'When it fails', { ...fixed, kind: 'choice', options: ['fail', 'continue'] }),
  ];
  if (HAS_INSIDE.has(kind)) return [...common, ...RETRY, RETRY_ALL, field('/timeout', 'Timeout', { ...fixed, description: OF_ALL })];
  if (kind !== 'use' && kind !== 'call') return common;
  const timeout = field('/timeout', 'Timeout', { ...fixed, description: 'Of one attempt, such as 30s.' });
  const crash = field('/onCrash', 'After a crash', { ...fixed, kind: 'choice', options: ['repeat', 'stop'] });
  return [...common, ...RETRY, RETRY_ON, timeout, ...(kind === 'use' ? [crash] : [])];
}

const HAS_INSIDE: ReadonlySet<FlowStep['kind']> = new Set(['if', 'switch', 'forEach', 'repeat', 'parallel', 'try']);

const OF_ALL = 'Of all that is inside, waits and retries too, such as 5m.';

const RETRY = [
  field('/retry/attempts', 'Retry: attempts in all', { ...fixed, kind: 'number', description: 'The first one included.' }),
  field('/retry/delay', 'Retry: first pause', { ...fixed, description: 'Such as 5s; it doubles with each attempt.' }),
];

/** A request that may have taken effect is not tried again unless its error is named. */
const RETRY_ON = field('/retry/on', 'Retry: on these errors', {
  ...fixed,
  kind: 'json',
  description:
    'A list such as ["http.5xx", "timeout"]: these are tried again even where that may act twice. Unless said: what certainly did not act.',
});

const RETRY_ALL = field('/retry/on', 'Retry: on these errors', {
  ...fixed,
  kind: 'json',
  description: 'A list such as ["http.5xx"]; all, unless said. All that is inside is done again, with idempotency keys of its own.',
});
