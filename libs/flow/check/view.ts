import type { JsonSchema } from '@millrace/component-sdk';
import type { CompiledExpression } from '../expressions/expression.js';
import { fieldFault } from './fields.js';
import type { ReferenceFault } from './fields.js';
import { valuesAt } from './known-values.js';
import { resumeFault } from './resume.js';
import type { ResumeView } from './resume.js';
import { requestFields, shapeAt } from './shapes.js';
import { listed, nearest, suggestion } from '../names.js';
import type { OutputShape } from '../steps/kind.js';

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
export interface View extends ResumeView {
  readonly steps: VisibleSteps;
  /** `trigger`: before any run; `steps`: in one. */
  readonly place: 'trigger' | 'steps';
  readonly trigger: JsonSchema;
  /** What exists only here: `item` and `index` in a loop, `previous` in a `repeat`, `error` after a failure. */
  readonly names: Readonly<Record<string, JsonSchema>>;
  /** Those of `names` that need not be there, such as `previous` in the first round of a `repeat`. */
  readonly uncertain: readonly string[];
  /** Behind a round of a `repeat`, where it is asked whether another one follows. */
  readonly behindRound?: boolean;
  /** The ids of steps in loops, each with the outermost loop around it. */
  readonly inLoops: ReadonlyMap<string, string>;
}

const text = { type: 'string' } as const;
const run = { type: 'object', properties: { id: text, startedAt: text } } as const;
const flow = { type: 'object', properties: { id: text } } as const;

/** What is wrong with reading this path here, if anything. */
export function referenceFault(path: readonly string[], guarded: boolean, view: View): ReferenceFault | undefined {
  const [root = ''] = path;
  if (root === 'steps') return stepFault(path, guarded, view);
  if (root === 'resume' && view.place === 'steps') return resumeFault(path, view);
  const shape = shapeOfRoot(root, view);
  if (shape === undefined) return { code: 'reference.unknown-root', index: 0, message: rootSentence(root, view) };
  const fault = (root === 'trigger' ? requestFault(path, shape) : undefined) ?? fieldFault(shape, path, 1);
  if (fault !== undefined || guarded || !view.uncertain.includes(root)) return fault;
  const message = `There is no \`${root}\` in the first round; give a default with \`??\`, or ask first, with \`"when": "{{ $exists(${root}) }}"\`.`;
  return { code: 'reference.may-be-missing', index: 0, message };
}

function rootsOf({ place, trigger, names }: View): Record<string, JsonSchema> {
  return { trigger, flow, ...(place === 'steps' && { run }), ...names };
}

function shapeOfRoot(root: string, view: View): JsonSchema | undefined {
  const roots = rootsOf(view);
  return Object.hasOwn(roots, root) ? roots[root] : undefined;
}

/** What stands at a path, as far as the shapes tell: for the items of a loop over it. */
export function shapeOfPath([root = '', ...rest]: readonly string[], view: View): JsonSchema | undefined {
  if (root !== 'steps') return shapeAt(shapeOfRoot(root, view), rest);
  const output = findStep(rest[0] ?? '', view.steps)?.output;
  return typeof output === 'object' ? shapeAt(output, rest.slice(1)) : undefined;
}

/** Every value that can stand at a path, where that is known. What an event holds is certain once its run has begun. */
export function valuesOfPath([root = '', ...rest]: readonly string[], view: View): readonly unknown[] | undefined {
  if (view.place === 'trigger') return undefined;
  if (root !== 'steps') return valuesAt(shapeOfRoot(root, view), rest);
  return valuesAt(findStep(rest[0] ?? '', view.steps)?.output, rest.slice(1));
}

function rootSentence(root: string, view: View): string {
  const { place, trigger, names } = view;
  if (root === 'previous' && view.behindRound)
    return '`while` is asked behind the round, when `previous` is still the one before it; read the steps of the round, as `steps.page.body.next`.';
  if (root === 'error') return '`error` exists only in `catch` and `onError`.';
  if (root === 'run') return '`run` does not exist before the run; the trigger is checked while the event is accepted.';
  if (root === 'resume') return '`resume` does not exist before the run; only steps can read it.';
  if (root === 'previous') return '`previous` exists only inside a `repeat`: what the round before gave.';
  if (root === 'index' || (root === 'item' && !('index' in names))) return `\`${root}\` exists only inside a loop.`;
  if (['env', 'process', 'environment'].includes(root))
    return 'Expressions do not see the environment; write the value into the flow, or a secret into a credential.';
  if (/^(credentials?|secrets?)$/.test(root)) return 'Expressions do not see secrets; name a `credential` on the step instead.';
  if (Object.hasOwn(trigger.properties ?? {}, root)) return `There is no \`${root}\` here. Did you mean \`trigger.${root}\`?`;
  const known = Object.keys(rootsOf(view));
  return `There is no \`${root}\` here.${suggestion(root, place === 'trigger' ? known : [...known, 'steps', 'resume'])}`;
}

/** Reading a header of what is no request deserves more than the list of fields. */
function requestFault(path: readonly string[], shape: JsonSchema): ReferenceFault | undefined {
  const name = path[1] ?? '';
  const fields = Object.keys(shape.properties ?? {});
  if (!Object.hasOwn(requestFields, name) || fields.includes(name)) return undefined;
  const message = `Only a single request has \`trigger.${name}\`; here \`trigger\` has ${listed(fields)}.`;
  return { code: 'reference.unknown-field', index: 1, message };
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
  return { code: 'reference.may-be-missing', index: 1, message: mayBeMissing(id, path[2]) };
}

function mayBeMissing(id: string, field: string | undefined): string {
  if (field !== 'error') return `The step \`${id}\` may not have run; give a default with \`??\`.`;
  return `The step \`${id}\` may not have failed; ask first, with \`"when": "{{ $exists(steps.${id}.error) }}"\`, or give a default with \`??\`.`;
}

/** The view where a condition holds: whoever asks about a step has thought of its being missing. */
export function asked(condition: readonly CompiledExpression[], view: View): View {
  const roots = condition.flatMap(({ reads }) => reads.map(({ path }) => path[0]));
  const uncertain = view.uncertain.filter((name) => !roots.includes(name));
  const known = uncertain.length < view.uncertain.length ? { ...view, uncertain } : view;
  return certain(
    idsRead(condition, () => true),
    known,
  );
}

/** The view where a condition does not hold: if it asked for the error of a step, then that has run. */
export function askedWhetherFailed(condition: readonly CompiledExpression[], view: View): View {
  return certain(
    idsRead(condition, (field) => field === 'error'),
    view,
  );
}

function idsRead(condition: readonly CompiledExpression[], counts: (field: string | undefined) => boolean): string[] {
  const paths = condition.flatMap(({ reads }) => reads.map(({ path }) => path));
  return paths.flatMap(([root, id, field]) => (root === 'steps' && id !== undefined && counts(field) ? [id] : []));
}

function certain(ids: readonly string[], view: View): View {
  const known = ids.flatMap((id) => {
    const step = findStep(id, view.steps);
    return step === undefined ? [] : [[id, { ...step, certain: true }] as const];
  });
  return known.length === 0 ? view : { ...view, steps: { own: new Map(known), around: view.steps } };
}

function findStep(id: string, { own, around }: VisibleSteps): VisibleStep | undefined {
  return own.get(id) ?? (around && findStep(id, around));
}

function idsOf({ own, around }: VisibleSteps): string[] {
  return [...new Set([...(around ? idsOf(around) : []), ...own.keys()])];
}

function invisibleStep(id: string, view: View): ReferenceFault {
  const loop = view.inLoops.get(id);
  if (loop !== undefined && findStep(loop, view.steps)) {
    const message = `The step \`${id}\` runs any number of times, inside of \`${loop}\`; read \`steps.${loop}\`, the list of what that gave.`;
    return { code: 'reference.outside-loop', index: 1, message };
  }
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
