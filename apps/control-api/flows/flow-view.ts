import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import { parseFlow, scheduleDefaults, webhookDefaults, type Flow, type Problem, type ScheduleTrigger } from '@millrace/flow';
import type { FlowItem, FlowState, FlowView } from '../wire/flow.js';

/** The text that is shown: that of the live version, or while there is none the file that would be the first. */
export interface ShownText {
  readonly text: string;
  /** When the version was made; a file that is none has no such time. */
  readonly createdAt?: Date;
}

/** Runs are made only for flows that are live. */
export function flowState({ trigger, enabled }: Pick<LiveFlow, 'trigger' | 'enabled'>): FlowState {
  if (!trigger) return 'not-enabled';
  return enabled ? 'live' : 'paused';
}

/** What is known of a flow whose newest text may not check: name and trigger come from the text that is shown. */
export function flowItem(live: LiveFlow, shown: ShownText | null, publicUrl: string, endpoint?: LiveEndpoint): FlowItem {
  const flow = shown ? parseFlow(shown.text).flow : undefined;
  return {
    id: live.id,
    name: flow?.name ?? null,
    note: flow?.note ?? null,
    version: live.version,
    enabled: live.enabled,
    paused: live.paused === true,
    state: flowState(live),
    problems: live.problems.map(problemView),
    trigger: flow ? (endpoint ? sharedView(endpoint, publicUrl) : triggerView(flow, publicUrl)) : null,
  };
}

export function flowView(live: LiveFlow, shown: ShownText | null, publicUrl: string, endpoint?: LiveEndpoint): FlowView {
  return {
    ...flowItem(live, shown, publicUrl, endpoint),
    publishedAt: shown?.createdAt?.toISOString() ?? null,
    text: shown?.text ?? null,
  };
}

const NONE = { url: null, methods: [], credential: null, listensTo: null, schedule: null, timezone: null };

function triggerView({ id, trigger }: Flow, publicUrl: string): FlowItem['trigger'] {
  const none = { type: trigger.type, ...NONE };
  if (trigger.type === 'event') return { ...none, listensTo: trigger.event };
  if (trigger.type === 'schedule') return { ...none, ...scheduleOf(trigger) };
  if (trigger.type !== 'webhook') return none;
  return {
    ...none,
    url: `${publicUrl}/flows/${id}/hook`,
    methods: [...(trigger.methods ?? webhookDefaults.methods)],
    credential: trigger.credential ?? null,
  };
}

/** A flow that listens takes what its endpoint takes. */
function sharedView({ name, rules, credential }: LiveEndpoint, publicUrl: string): FlowItem['trigger'] {
  const methods = [...(rules?.methods ?? webhookDefaults.methods)];
  return { ...NONE, type: 'webhook', url: `${publicUrl}/endpoints/${name}`, methods, credential: credential?.name ?? null };
}

function scheduleOf({ cron, every, timezone = scheduleDefaults.timezone }: ScheduleTrigger): {
  schedule: string | null;
  timezone: string | null;
} {
  return { schedule: cron ?? every ?? null, timezone: cron === undefined ? null : timezone };
}

/** A problem as it is shown: where it is in words that an editor understands. */
export function problemView({ code, severity, message, path, line, column }: Problem): FlowItem['problems'][number] {
  return { code, severity, message, path, line, column };
}
