import type { Json } from '@millrace/component-sdk';
import { previousName } from '@millrace/flow';
import type { EventView, OutputsView, RunView } from '../api/wire.js';
import { everyStep, isLoop, textOf, type FlowStep, type FlowTree } from '../flow/structure.js';
import { lanesOf, placeOf } from './places.js';
import { valueAt } from './fields.js';
import { askedBehind, readableFrom } from './readable.js';

/** What expressions are shown with: a captured event, and what the steps of one of its runs gave. */
export interface Loaded {
  readonly trigger: Json | undefined;
  /** Outputs by the id of the step. In a loop, those of the first item. */
  readonly steps: Readonly<Record<string, Json>>;
  /** Errors that steps failed with, the newest first; those that a test assumed too. */
  readonly failures: readonly Failure[];
  /** What was too large to be loaded: `trigger`, or ids of steps. */
  readonly tooLarge: readonly string[];
}

interface Failure {
  /** Id of the step. */
  readonly step: string;
  readonly error: Json;
}

export const NOTHING_LOADED: Loaded = { trigger: undefined, steps: {}, failures: [], tooLarge: [] };

/** From an event, the newest run of the flow for it, and what tests gave since or is pinned, which comes first. */
export function loadedFrom(event: EventView | undefined, run: RunView | undefined, outputs: OutputsView['items'] = []): Loaded {
  const rows = (run?.steps ?? []).filter(({ kind }) => kind !== 'item' && kind !== 'when');
  const gave = rows.filter(({ status, output, large }) => status === 'succeeded' && output !== null && !large.includes('output'));
  // The first row of an id stays: that is the first item of a loop.
  const newer = outputs.filter(({ large }) => !large);
  const given = [...newer, ...gave].reverse();
  const steps = Object.fromEntries(given.map(({ path, output }) => [idOf(path), output as Json]));
  const large = rows.filter(({ large }) => large.includes('output')).map(({ path }) => idOf(path));
  const failures = rows.flatMap(({ path, error, status }) =>
    status === 'failed' && error ? [{ step: idOf(path), error: errorOf(error) }] : [],
  );
  const tooLarge = event?.body.kind === 'large' ? ['trigger', ...large] : large;
  return { trigger: event && triggerOf(event), steps, failures: failures.reverse(), tooLarge };
}

/** What expressions see as `error`. */
function errorOf({ code, message, step, status, attempt }: NonNullable<RunView['error']>): Json {
  const known = { code, message, step, status, attempt };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Json;
}

function idOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** What expressions see as `trigger`. */
function triggerOf({ id, body, headers, files, url, method, receivedAt }: EventView): Json {
  const at = url.indexOf('?');
  const query = at < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(at + 1)));
  const value: Record<string, Json> = body.kind === 'large' ? {} : { body: (body.value ?? null) as Json };
  return { ...value, headers: { ...headers }, query, files: files as unknown as Json, method, id, receivedAt };
}

/**
 * The scope of one field of a step: the event, the steps that it can read, the error that it handles, and of the loops around it
 * the first item, or what the first round gave.
 */
export function scopeFor(tree: FlowTree, stepId: string, loaded: Loaded, pointer?: string): Readonly<Record<string, unknown>> {
  const seen = readableFrom(tree, stepId, pointer).map(({ step }) => step.id);
  const known = { ...lastRound(tree, stepId, loaded, pointer), ...loaded.steps };
  const steps = Object.fromEntries(seen.flatMap((id) => (Object.hasOwn(known, id) ? [[id, known[id]]] : [])));
  const base = {
    trigger: seenOf(loaded.trigger, tree),
    steps,
    flow: { id: tree.id, name: tree.name ?? null },
    ...handled(tree, stepId, loaded),
  };
  return loopsAround(tree, stepId).reduce<Readonly<Record<string, unknown>>>(
    (scope, loop) => ({ ...scope, ...(loop.kind === 'repeat' ? firstRound(loop, loaded) : firstItem(loop, scope)) }),
    base,
  );
}

/** What only requests have, other flows cannot read, though their sample came as one. */
const OF_REQUESTS: ReadonlySet<string> = new Set(['headers', 'query', 'method', 'files']);
const WITHOUT_REQUEST: ReadonlySet<string> = new Set(['schedule', 'event', 'call']);

function seenOf(event: Json | undefined, { trigger }: FlowTree): Json | undefined {
  if (event === undefined || !WITHOUT_REQUEST.has(String(trigger['type']))) return event;
  return Object.fromEntries(Object.entries(event as object).filter(([name]) => !OF_REQUESTS.has(name))) as Json;
}

/** The error of the nearest handler around a step, undefined while none is known; nothing where there is no handler. */
function handled(tree: FlowTree, stepId: string, { failures }: Loaded): { readonly error?: Json | undefined } {
  const lanes = lanesOf(tree);
  let place = placeOf(tree, stepId);
  while (place !== undefined) {
    const { owner, key } = lanes.find(({ list }) => list === place!.list)!;
    const tried = key === 'catch' ? owner?.lanes.find(({ role }) => role === 'body') : key === 'onError' && !owner ? tree : undefined;
    if (tried) return { error: failureIn(tried.steps, failures) };
    place = owner && placeOf(tree, owner.id);
  }
  return {};
}

function failureIn(steps: readonly FlowStep[], failures: Loaded['failures']): Json | undefined {
  const ids = new Set(everyStep(steps).map(({ id }) => id));
  return failures.find(({ step }) => ids.has(step))?.error;
}

/** Outermost first. */
function loopsAround(tree: FlowTree, stepId: string): FlowStep[] {
  const lanes = lanesOf(tree);
  const found: FlowStep[] = [];
  let place = placeOf(tree, stepId);
  while (place !== undefined) {
    const owner = lanes.find(({ list }) => list === place!.list)?.owner;
    if (owner && isLoop(owner)) found.unshift(owner);
    place = owner && placeOf(tree, owner.id);
  }
  return found;
}

/** What the last step of the last round gave, by the output of its repetition: the rows of finished rounds are not kept. */
function lastRound(tree: FlowTree, stepId: string, { steps }: Loaded, pointer = ''): Readonly<Record<string, Json>> {
  const last = askedBehind(tree, stepId, pointer)?.steps.at(-1);
  const rounds = steps[stepId];
  const gave = Array.isArray(rounds) ? rounds.at(-1) : undefined;
  return last && gave !== undefined ? { [last.id]: gave } : {};
}

/** What a round sees of the one before it; as long as that is not known, only that there is one. */
function firstRound({ id, lanes }: FlowStep, { steps }: Loaded): Record<string, unknown> {
  const rounds = steps[id];
  const last = lanes[0]?.steps.at(-1);
  const previous = Array.isArray(rounds) ? rounds[0] : last && steps[last.id];
  return { [previousName]: previous, index: previous === undefined ? 0 : 1 };
}

const PATH = /^\s*\{\{\s*([A-Za-z_][\w.]*)\s*\}\}\s*$/;

function firstItem({ json }: FlowStep, scope: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const items = json['forEach'];
  const path = typeof items === 'string' ? PATH.exec(items)?.[1] : undefined;
  const list = path === undefined ? items : valueAt(scope as unknown as Json, `/${path.replaceAll('.', '/')}`);
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return first === undefined ? {} : { [textOf(json['as']) ?? 'item']: first, index: 0 };
}
