import type { FlowInfo } from '../steps/kind.js';
import { parseFlow } from '../format/parse.js';
import type { Flow } from '../types.js';
import { allSteps } from './check.js';

/** What the checker of other flows needs to know of this one: see `Catalog.flows`. */
export function flowInfo({ trigger, steps, onError = [] }: Flow): FlowInfo {
  const calls = [...allSteps(steps), ...allSteps(onError)].flatMap((step) => ('call' in step ? [step.call] : []));
  return { trigger: trigger.type, calls: [...new Set(calls)] };
}

/** The same of many texts, by id. A text that does not parse is still a flow that others may call. */
export function flowInfos(files: Iterable<{ readonly id: string; readonly text: string }>): Map<string, FlowInfo> {
  const infos = [...files].map(({ id, text }) => {
    const { flow } = parseFlow(text);
    return [id, flow ? flowInfo(flow) : UNREAD] as const;
  });
  return new Map(infos);
}

const UNREAD: FlowInfo = { trigger: 'call', calls: [] };
