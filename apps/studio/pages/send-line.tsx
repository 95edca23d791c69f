import { useFlows } from '../api/queries.js';
import type { FlowItem } from '../api/wire.js';
import { CopyField } from '../ui/controls.js';
import { curlLine } from './curl.js';

/** The flow that a newcomer sends to: one that is live and open. */
export function firstFlow(flows: readonly FlowItem[]): FlowItem | undefined {
  const open = flows.filter(({ state, trigger }) => state === 'live' && trigger?.type === 'webhook');
  return open.find(({ id }) => id === 'hello') ?? open.find(({ trigger }) => trigger?.credential === null) ?? open[0];
}

/** A line that works at once. */
export function SendLine() {
  const { data } = useFlows();
  const flow = firstFlow(data?.items ?? []);
  if (typeof flow?.trigger?.url !== 'string') return <p>No flow is live that takes requests. The flows page says why.</p>;
  return <CopyField label="Copy the curl line" text={curlLine(flow.trigger.url)} />;
}
