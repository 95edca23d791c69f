import type { FlowDraft } from '../format/parse.js';
import { listed, nearest, suggestion } from '../names.js';
import { SHAPELESS } from '../steps/kind.js';
import { kindOf } from '../steps/kinds.js';
import { waitsForWebhook } from '../steps/wait.js';
import type { Step } from '../types.js';
import type { ReferenceFault } from './fields.js';

/** What deciding about `resume` needs to know of a place. */
export interface ResumeView {
  /** Every step of the file, visible or not. */
  readonly all: ReadonlySet<string>;
  /** The loops around this place, outermost first. */
  readonly loops: readonly Step[];
  /** The steps of the file that wait for a webhook, by id, each with the loops around it. */
  readonly resumable: ReadonlyMap<string, readonly Step[]>;
}

/**
 * The steps that `resume.<id>.url` can name, with the loops around each. Those that could not be read count as such steps:
 * what is wrong with them was reported.
 */
export function resumableSteps(draft: FlowDraft, unread: ReadonlySet<string>): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, readonly Step[]>([...unread].map((id) => [id, []]));
  for (const steps of [draft.steps, draft.onError ?? []]) collect(steps, [], found);
  return found;
}

function collect(steps: readonly Step[], loops: readonly Step[], found: Map<string, readonly Step[]>): void {
  for (const step of steps) {
    if (waitsForWebhook(step)) found.set(step.id, loops);
    for (const { steps: inner, repeats } of kindOf(step).inner(step, SHAPELESS)) {
      collect(inner, repeats ? [...loops, step] : loops, found);
    }
  }
}

/** The steps of a file that stand in loops, by id, each with the outermost loop around it. */
export function stepsInLoops(draft: FlowDraft): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (steps: readonly Step[], loop: string | undefined): void => {
    for (const step of steps) {
      if (loop !== undefined) found.set(step.id, loop);
      for (const { steps: inner, repeats } of kindOf(step).inner(step, SHAPELESS)) visit(inner, loop ?? (repeats ? step.id : undefined));
    }
  };
  for (const steps of [draft.steps, draft.onError ?? []]) visit(steps, undefined);
  return found;
}

/** What is wrong with reading `resume.<id>.url` here: each iteration of a loop has a URL of its own, which exists only inside. */
export function resumeFault(path: readonly string[], view: ResumeView): ReferenceFault | undefined {
  const [, id, field] = path;
  if (id === undefined) return undefined;
  const loops = view.resumable.get(id);
  if (loops === undefined) return notResumable(id, view);
  const outside = loops.find((loop, index) => view.loops[index] !== loop);
  if (outside !== undefined) {
    const message = `Each item of \`${outside.id}\` has a URL of its own; read \`resume.${id}.url\` inside that loop.`;
    return { code: 'reference.outside-loop', index: 1, message };
  }
  if (field === undefined || field === 'url') return undefined;
  return { code: 'reference.unknown-field', index: 2, message: `\`resume.${id}\` has no \`${field}\`.${suggestion(field, ['url'])}` };
}

function notResumable(id: string, { resumable, all }: ResumeView): ReferenceFault {
  const known = [...resumable.keys()];
  const near = nearest(id, known);
  const hint = near !== undefined ? `Did you mean \`${near}\`?` : `${known.length > 0 ? listed(known) : 'No step of this flow'} does.`;
  const sentence = all.has(id) ? `The step \`${id}\` does not wait for a webhook.` : `There is no step \`${id}\` that waits for a webhook.`;
  return { code: all.has(id) ? 'reference.no-resume' : 'reference.unknown-step', index: 1, message: `${sentence} ${hint}` };
}
