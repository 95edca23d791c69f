import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import { parseFlow, webhookDefaults, type Flow, type Problem } from '@millrace/flow';
import type { FlowItem, FlowState, FlowView } from '../wire/flow.js';

/** A stored version, as far as it is shown. */
export interface ShownVersion {
  readonly text: string;
  readonly createdAt: Date;
}

/** Runs are made only for flows that are live. */
export function flowState({ trigger, enabled }: Pick<LiveFlow, 'trigger' | 'enabled'>): FlowState {
  if (!trigger) return 'not-enabled';
  return enabled ? 'live' : 'paused';
}

/** What is known of a flow whose newest text may not check: name and trigger come from the version that is live. */
export function flowItem(live: LiveFlow, version: ShownVersion | null, publicUrl: string, endpoint?: LiveEndpoint): FlowItem {
  const flow = version ? parseFlow(version.text).flow : undefined;
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

export function flowView(live: LiveFlow, version: ShownVersion | null, publicUrl: string, endpoint?: LiveEndpoint): FlowView {
  return {
    ...flowItem(live, version, publicUrl, endpoint),
    publishedAt: version?.createdAt.toISOString() ?? null,
    text: version?.text ?? null,
  };
}

function triggerView({ id, trigger }: Flow, publicUrl: string): FlowItem['trigger'] {
  if (trigger.type !== 'webhook') return { type: trigger.type, url: null, methods: [], credential: null };
  return {
    type: trigger.type,
    url: `${publicUrl}/flows/${id}/hook`,
    methods: [...(trigger.methods ?? webhookDefaults.methods)],
    credential: trigger.credential ?? null,
  };
}

/** A flow that listens takes what its endpoint takes. */
function sharedView({ name, rules, credential }: LiveEndpoint, publicUrl: string): FlowItem['trigger'] {
  const methods = [...(rules?.methods ?? webhookDefaults.methods)];
  return { type: 'webhook', url: `${publicUrl}/endpoints/${name}`, methods, credential: credential?.name ?? null };
}

/** A problem as it is shown: where it is in words that an editor understands. */
export function problemView({ code, severity, message, path, line, column }: Problem): FlowItem['problems'][number] {
  return { code, severity, message, path, line, column };
}
