import type { JsonSchema } from '@millrace/component-sdk';
import { unknownField } from './fields.js';
import { listed, nearest, suggestion } from '../names.js';
import type { ProblemCode } from '../problem-codes.js';
import type { OutputShape } from '../steps/kind.js';
import type { Flow } from '../types.js';

/** A step as an expression sees it. */
export interface VisibleStep {
  /** False for a step that may have been skipped, or failed and let the run go on. */
  readonly certain: boolean;
  readonly output: OutputShape;
}

/** The steps before one place: those of its own list, over those of the lists around it. */
export interface VisibleSteps {
  readonly own: Map<string, VisibleStep>;
  readonly around?: VisibleSteps;
}

/** What expressions at one place of the flow may read. */
export interface View {
  readonly steps: VisibleSteps;
  /** Every step of the file, visible or not. */
  readonly all: ReadonlySet<string>;
  /** `trigger`: before any run; `steps`; `onError`: after a failure. */
  readonly place: 'trigger' | 'steps' | 'onError';
  readonly trigger: JsonSchema;
}

export interface ReferenceFault {
  readonly code: ProblemCode;
  readonly message: string;
  /** Which segment of the path is at fault. */
  readonly index: number;
}

const text = { type: 'string' } as const;
const texts = { type: 'object', additionalProperties: true } as const;
const file = {
  type: 'object',
  properties: { name: text, filename: {}, type: text, size: { type: 'integer' }, offset: { type: 'integer' } },
} as const;
const files = { type: 'array', items: file } as const;
const run = { type: 'object', properties: { id: text, startedAt: text } } as const;
const flow = { type: 'object', properties: { id: text } } as const;
const error = { type: 'object', properties: { code: text, message: text, step: text, status: {}, attempt: {} } } as const;

/** The shape of `trigger`. The body is as open as the trigger's own schema leaves it. */
export function triggerShape(trigger: Flow['trigger'] | undefined): JsonSchema {
  const body = typeof trigger?.schema === 'object' ? openUnlessClosed(trigger.schema) : {};
  return { type: 'object', properties: { body, files, headers: texts, query: texts, method: text, id: text, receivedAt: text } };
}

/** A schema for incoming bodies constrains what it names and allows the rest, so that only `false` closes it. */
function openUnlessClosed(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties = true, ...rest } = schema;
  const opened = properties && Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, openNested(inner)]));
  return { ...rest, ...(opened && { properties: opened }), ...(items && { items: openNested(items) }), additionalProperties };
}

function openNested(schema: JsonSchema): JsonSchema {
  return typeof schema === 'object' && schema !== null ? openUnlessClosed(schema) : schema;
}

/** What is wrong with reading this path here, if anything. */
export function referenceFault(path: readonly string[], guarded: boolean, view: View): ReferenceFault | undefined {
  const [root = ''] = path;
  if (root === 'steps') return stepFault(path, guarded, view);
  const shapes: Record<string, JsonSchema> = {
    trigger: view.trigger,
    flow,
    ...(view.place !== 'trigger' && { run }),
    ...(view.place === 'onError' && { error }),
  };
  const shape = Object.hasOwn(shapes, root) ? shapes[root] : undefined;
  if (shape === undefined) return { code: 'reference.unknown-root', index: 0, message: rootSentence(root, Object.keys(shapes), view) };
  return fieldFault(shape, path, 1);
}

function rootSentence(root: string, known: readonly string[], { place, trigger }: View): string {
  if (root === 'error') return '`error` exists only in `onError`.';
  if (root === 'run') return '`run` does not exist before the run; the trigger is checked while the event is accepted.';
  if (root === 'item' || root === 'index') return `\`${root}\` exists only inside a loop.`;
  if (['env', 'process', 'environment'].includes(root))
    return 'Expressions do not see the environment; write the value into the flow, or a secret into a credential.';
  if (/^(credentials?|secrets?)$/.test(root)) return 'Expressions do not see secrets; name a `credential` on the step instead.';
  if (Object.hasOwn(trigger.properties ?? {}, root)) return `There is no \`${root}\` here. Did you mean \`trigger.${root}\`?`;
  return `There is no \`${root}\` here.${suggestion(root, place === 'trigger' ? known : [...known, 'steps'])}`;
}

function stepFault(path: readonly string[], guarded: boolean, view: View): ReferenceFault | undefined {
  const id = path[1];
  if (view.place === 'trigger')
    return { code: 'reference.not-before', index: 0, message: 'The trigger comes before every step; it can read `trigger` only.' };
  if (id === undefined) return undefined;
  const step = findStep(id, view.steps);
  if (step === undefined) return invisibleStep(id, view);
  if (step.output === 'none')
    return { code: 'reference.no-output', index: 1, message: `The step \`${id}\` has no output; read a step that gives a value.` };
  const fault = step.output === 'unknown' ? undefined : fieldFault(step.output, path, 2);
  if (fault !== undefined || step.certain || guarded) return fault;
  return { code: 'reference.may-be-missing', index: 1, message: `The step \`${id}\` may not have run; give a default with \`??\`.` };
}

function findStep(id: string, { own, around }: VisibleSteps): VisibleStep | undefined {
  return own.get(id) ?? (around && findStep(id, around));
}

function idsOf({ own, around }: VisibleSteps): string[] {
  return [...(around ? idsOf(around) : []), ...own.keys()];
}

function invisibleStep(id: string, view: View): ReferenceFault {
  if (view.all.has(id)) {
    return {
      code: 'reference.not-before',
      index: 1,
      message: `The step \`${id}\` does not surely run before this; read only earlier steps of this list and of the lists around it.`,
    };
  }
  const visible = idsOf(view.steps);
  const near = nearest(id, visible) ?? nearest(id, view.all);
  const hint =
    near === undefined
      ? visible.length > 0
        ? ` Earlier steps: ${listed(visible)}.`
        : ' There is no step before this.'
      : ` Did you mean \`${near}\`?`;
  return { code: 'reference.unknown-step', index: 1, message: `There is no step \`${id}\`.${hint}` };
}

function fieldFault(shape: JsonSchema, path: readonly string[], from: number): ReferenceFault | undefined {
  const unknown = unknownField(shape, path.slice(from), true);
  if (unknown === undefined) return undefined;
  const index = from + unknown.index;
  const message = `\`${path.slice(0, index).join('.')}\` has no \`${path[index] ?? ''}\`.${suggestion(path[index] ?? '', unknown.known)}`;
  return { code: 'reference.unknown-field', index, message };
}
