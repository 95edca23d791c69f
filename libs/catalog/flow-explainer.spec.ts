import { checkFlow, type CredentialInfo } from '@millrace/flow';
import type { Log } from '@millrace/telemetry';
import { FlowExplainer } from './flow-explainer.js';

const FLOW = '{ "format": 1, "id": "orders", "trigger": { "type": "webhook", "credential": "SHOP" }, "steps": [] }';

function explained(credential: CredentialInfo): string[] {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const { problems } = checkFlow(FLOW, { components: new Map(), credentials: new Map([['SHOP', credential]]) });
  const explainer = new FlowExplainer({ info: say, warn: say } as unknown as Log);
  for (let times = 0; times < 2; times += 1) explainer.explain('orders', 'flows/orders.json', problems, undefined);
  return lines;
}

describe('why a flow is not live', () => {
  it('is one line, said once, where only a secret is missing: the variable, and that the environment is read at the start', () => {
    expect(explained({ type: 'hmac', missing: 'shop_SECRET' })).toEqual(['Flow orders is not enabled: set shop_SECRET and start again']);
  });

  it('asks for no new start where the environment is not at fault', () => {
    expect(explained({ type: 'hmac', broken: 'it is sealed with another key.' })).toEqual([
      'flows/orders.json:1:78: The credential `SHOP` cannot be used: it is sealed with another key.',
    ]);
  });
});
