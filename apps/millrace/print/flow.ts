import type { FlowItem, FlowList } from '../../control-api/index.js';
import { printable, shorten, table } from './text.js';

const PROBLEM_WIDTH = 90;

const STATES: Readonly<Record<FlowItem['state'], string>> = {
  live: 'enabled',
  paused: 'paused',
  'not-enabled': 'not enabled',
  archived: 'archived',
};

/** One line per flow. A problem beside an enabled flow is of a newer text, which is not live. */
export function flowTable({ items }: FlowList): string {
  const rows = items.map((flow) => [flow.id, versionText(flow), STATES[flow.state], triggerText(flow), problemText(flow)]);
  return table(['FLOW', 'VERSION', 'STATE', 'STARTED BY', 'PROBLEM'], rows);
}

function versionText({ version }: FlowItem): string {
  return version === 0 ? '-' : String(version);
}

function triggerText({ trigger }: FlowItem): string {
  if (trigger === null) return '-';
  const { type, url, methods, listensTo, schedule, timezone } = trigger;
  if (url !== null) return `${methods.join(', ')} ${url}`;
  if (listensTo !== null) return `event ${listensTo}`;
  if (schedule !== null) return `schedule ${schedule}${timezone === null ? '' : ` (${timezone})`}`;
  return type;
}

/** Errors keep a text from being live; a warning does not. */
function problemText({ problems }: FlowItem): string {
  const [first, ...rest] = problems.filter(({ severity }) => severity === 'error');
  if (first === undefined) return '';
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  return `${shorten(printable(first.message), PROBLEM_WIDTH)}${more}`;
}
