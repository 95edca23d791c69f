import type { RunView } from '../../control-api/index.js';
import type { Performance } from './judge.js';
import type { Arrival } from './stand-ins.js';
import type { Vendor } from './vendors.js';

const INDENT = 14;

/** One performance for people: what was sent, what the front door said, what arrived where, how the run ended. */
export function describe({ scene, answer, run, arrivals = [] }: Performance, number: number): string {
  const lines = [
    `${number}. ${scene.title}`,
    line('sent', `POST /flows/${scene.flow}/hook, signed by "${scene.credential}"${scene.tampered ? ', then changed' : ''}`),
    line('answered', describeAnswer(answer)),
    ...arrivals.flatMap(describeArrival),
  ];
  if (run) lines.push(line('run', `${run.status}: ${run.steps.map(describeStep).join(' → ')}`));
  return lines.join('\n');
}

function describeStep({ path, status }: RunView['steps'][number]): string {
  return status === 'succeeded' ? path : `${path} (${status})`;
}

/** A label and its text, further lines below the first. */
export function line(label: string, text: string): string {
  return `   ${label.padEnd(INDENT - 3)}${text.replaceAll('\n', `\n${' '.repeat(INDENT)}`)}`;
}

function describeAnswer({ status, runId, eventId, duplicate, error }: Performance['answer']): string {
  if (error) return `${status} ${error.code}: ${error.message}`;
  if (duplicate) return `${status} duplicate of event ${eventId}; nothing runs twice`;
  return `${status} event ${eventId}, run ${runId}`;
}

function describeArrival({ vendor, request }: Arrival): string[] {
  const key = request.headers['idempotency-key'];
  return [
    line(`→ ${vendor}`, `${request.method} ${request.url}`),
    line('', gist[vendor](request.json as Body)),
    ...(key === undefined ? [] : [line('', `Idempotency-Key: ${key}`)]),
  ];
}

/** The bodies differ; the demo has sent them itself. */
interface Body {
  readonly text?: string;
  readonly channel?: string;
  readonly content?: string;
  readonly inputs?: readonly { readonly id: string; readonly properties: Readonly<Record<string, string>> }[];
  readonly ticket?: { readonly subject: string; readonly priority: string; readonly comment: { readonly body: string } };
}

/** What a person would look for in a request to each vendor. */
const gist: Readonly<Record<Vendor, (body: Body) => string>> = {
  Slack: ({ channel, text = '' }) => (channel === undefined ? text : `${channel}: ${text}`),
  Discord: ({ content = '' }) => content,
  HubSpot: ({ inputs = [] }) => inputs.map(({ id, properties }) => `${id}: ${pairs(properties)}`).join('\n'),
  Zendesk: ({ ticket }) => (ticket ? `${ticket.subject} (${ticket.priority})\n${ticket.comment.body}` : ''),
  'own API': (body) => JSON.stringify(body),
};

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
