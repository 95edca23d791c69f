import type { FlowActivityView, FlowItem } from '../api/wire.js';
import { count } from '../format/format.js';
import type { GlyphStatus } from '../ui/glyph.js';

/** One flow that somebody should look at, and the next thing to do. */
export interface Attention {
  readonly flowId: string;
  readonly name: string;
  readonly glyph: GlyphStatus;
  readonly what: string;
  /** ISO 8601. */
  readonly since: string | undefined;
  /** Events that were not dealt with. */
  readonly affected: number;
  readonly action: { readonly words: string; readonly href: string };
}

/** The flows that need attention, the most affected events first, then those that cannot run. */
export function attentionOf(flows: readonly FlowItem[], activity: readonly FlowActivityView[]): Attention[] {
  const rows = flows.flatMap(
    (flow) =>
      failing(
        flow,
        activity.find(({ flowId }) => flowId === flow.id),
      ) ??
      broken(flow) ??
      [],
  );
  return rows.sort((a, b) => b.affected - a.affected || (a.name < b.name ? -1 : 1));
}

function failing(flow: FlowItem, activity: FlowActivityView | undefined): Attention | undefined {
  if (!activity?.failing || !activity.lastFailure) return undefined;
  const { message, step } = activity.lastFailure.error ?? { message: 'It failed.', step: undefined };
  return {
    ...nameOf(flow),
    glyph: 'failed',
    what: step === undefined ? message : `${step}: ${message}`,
    since: activity.failing.since,
    affected: activity.failing.runs,
    action: { words: 'Look at the last failed run', href: `/runs/${activity.lastFailure.id}` },
  };
}

/** Only errors count: a flow that works well with a warning needs nobody. */
function broken(flow: FlowItem): Attention | undefined {
  const errors = flow.problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return undefined;
  const more = errors.length > 1 ? ` And ${count(errors.length - 1, 'more problem')}.` : '';
  return {
    ...nameOf(flow),
    glyph: flow.state === 'live' ? 'paused' : 'not-enabled',
    what: `${flow.state === 'live' ? 'The newest text is not live. ' : ''}${errors[0]!.message}${more}`,
    since: undefined,
    affected: 0,
    action: { words: 'See the problems', href: `/flows/${flow.id}` },
  };
}

function nameOf({ id, name }: FlowItem): Pick<Attention, 'flowId' | 'name'> {
  return { flowId: id, name: name ?? id };
}
