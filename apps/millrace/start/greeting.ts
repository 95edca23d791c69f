import type { Catalog, LiveFlow } from '@millrace/catalog';
import type { TriggerView } from '@millrace/engine';

const SAMPLE = { name: 'Ada' };
const JSON_TYPE = 'application/json';

/** What a person who has just typed `npm start` needs: where to go, and one line that works at once. */
export function greeting(url: string, token: string, catalog: Catalog): string {
  const lines = [`Millrace is ready at ${url}`, '', `  Open the studio:   ${url}/?token=${token}`];
  const flows = catalog.flows().filter(takesSample);
  const flow = flows.find(({ id }) => id === 'hello') ?? flows[0];
  if (flow) {
    const data = JSON.stringify(SAMPLE);
    lines.push('', '  Send an event:', '', `  curl -d '${data}' -H 'content-type: ${JSON_TYPE}' ${url}/flows/${flow.id}/hook`);
  }
  return `\n${lines.join('\n')}\n`;
}

/** Whether the sample sent to the flow's own URL starts a run: anybody may send it, and nothing that the trigger asks for is missing. */
function takesSample({ id, rules, endpoint, credential, enabled }: LiveFlow): boolean {
  if (!rules || !enabled || endpoint !== undefined || credential !== undefined) return false;
  const sample: TriggerView = {
    body: SAMPLE,
    headers: { 'content-type': JSON_TYPE },
    query: {},
    method: 'POST',
    id,
    receivedAt: new Date(0).toISOString(),
  };
  return rules.methods.includes('POST') && rules.accepts(JSON_TYPE) && rules.decide(sample).kind === 'run';
}
