import type { Catalog, LiveFlow } from '@millrace/catalog';
import type { Decision, WebhookRules } from '@millrace/engine';
import { greeting } from './greeting.js';

function flow(id: string, decides: Decision['kind'] = 'run', more: Partial<LiveFlow> = {}): LiveFlow {
  const rules = { methods: ['POST'], accepts: () => true, decide: () => ({ kind: decides }) } as unknown as WebhookRules;
  return { id, version: 1, enabled: true, rules, credential: undefined, problems: [], ...more };
}

function greeted(...flows: readonly LiveFlow[]): string {
  return greeting('http://127.0.0.1:3000', 'a-token', { flows: () => flows } as unknown as Catalog);
}

describe('the greeting', () => {
  it('shows the way to the studio, and a line that sends an event to the example', () => {
    const text = greeted(flow('another'), flow('hello'));
    expect(text).toContain('http://127.0.0.1:3000/?token=a-token');
    expect(text).toContain(`curl -d '{"name":"Ada"}' -H 'content-type: application/json' http://127.0.0.1:3000/flows/hello/hook`);
  });

  it.each([
    ['asks for a credential', flow('hello', 'run', { credential: {} as LiveFlow['credential'] })],
    ['asks for a key that the sample does not have', flow('hello', 'keyless')],
    ['would not run for it', flow('hello', 'unmatched')],
    ['has no URL of its own', flow('hello', 'run', { endpoint: 'shared' })],
    ['is paused', flow('hello', 'run', { enabled: false })],
    ['is not live', flow('hello', 'run', { rules: undefined })],
  ])('passes over a flow that %s', (_why, unfit) => {
    expect(greeted(unfit, flow('open'))).toContain('/flows/open/hook');
    expect(greeted(unfit)).not.toContain('curl');
  });
});
