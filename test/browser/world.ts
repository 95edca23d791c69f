import type { RunView } from '../../apps/control-api/index.js';
import { webhookFlow } from '../support/flow-files.js';
import { endOf } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

/** A real instance with a real other side, and the runs that the journeys look at. */
export interface World {
  readonly instance: TestInstance;
  readonly failed: RunView;
  readonly succeeded: RunView;
  send(
    flow: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ readonly eventId: string; readonly runIds: readonly string[] }>;
  stop(): Promise<void>;
}

export const ORDER = {
  id: '1042',
  type: 'order.paid',
  total: 812.5,
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  lines: [{ sku: 'A-1', quantity: 3 }],
};

export async function startWorld(): Promise<World> {
  const receiver = await startReceiver((request) =>
    request.url.startsWith('/warehouse') ? { status: 502, body: { error: 'upstream' } } : { status: 200, body: { id: 88213 } },
  );
  const instance = await startInstance({ flows: flows(receiver), env: { PARTNER_KEY: 'a-secret-that-is-long-enough' } });
  const send: World['send'] = (flow, body, headers) => sendEvent(instance, flow, body, headers);
  const failed = await runOf(instance, send('order-to-crm', ORDER));
  const succeeded = await runOf(instance, send('hello', { name: 'Ada' }));
  await send('order-to-crm', { ...ORDER, id: '1043', total: 12 });
  await sendEvent(instance, 'partner', { n: 1 }, { 'x-key': 'wrong' });
  for (const key of ['wrong', 'a-secret-that-is-long-enough'])
    await sendTo(instance, 'endpoints/shop-events', { id: '1' }, { 'x-key': key });
  const stop = async (): Promise<void> => {
    await instance.stop();
    await receiver.close();
  };
  return { instance, failed, succeeded, send, stop };
}

async function runOf(instance: TestInstance, sent: ReturnType<World['send']>): Promise<RunView> {
  return endOf(instance, (await sent).runIds[0]!);
}

function sendEvent(instance: TestInstance, flow: string, body: unknown, headers: Record<string, string> = {}): ReturnType<World['send']> {
  return sendTo(instance, `flows/${flow}/hook`, body, headers);
}

async function sendTo({ url }: TestInstance, path: string, body: unknown, headers: Record<string, string> = {}): ReturnType<World['send']> {
  const response = await fetch(`${url}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Awaited<ReturnType<World['send']>>;
}

function flows({ url }: Receiver): Record<string, object> {
  const post = (id: string, path: string, body: object, rest: object = {}): object => ({
    id,
    use: 'http.request',
    with: { method: 'POST', url: `${url}${path}`, body },
    ...rest,
  });
  return {
    endpoints: { 'shop-events': { name: 'Shop events', credential: 'partner', dedupe: { key: '{{ trigger.body.id }}' } } },
    credentials: {
      partner: { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'PARTNER_KEY' } },
      shop: { type: 'hmac', scheme: 'github', secrets: [{ env: 'SHOP_SECRET' }] },
    },
    ...webhookFlow(
      'order-to-crm',
      { when: "{{ trigger.body.type = 'order.paid' }}" },
      [
        {
          id: 'normalize',
          name: 'Normalize order',
          set: { id: '{{ trigger.body.id }}', total: '{{ trigger.body.total }}', customer: '{{ trigger.body.customer.name }}' },
        },
        {
          id: 'large',
          name: 'Order total above 500?',
          if: '{{ steps.normalize.total >= 500 }}',
          then: [
            post(
              'createDeal',
              '/crm/deals',
              { name: 'Order #{{ steps.normalize.id }} of {{ steps.normalize.customer }}', amount: '{{ steps.normalize.total }}' },
              { name: 'Create deal' },
            ),
          ],
          else: [post('appendRow', '/sheets/rows', { id: '{{ steps.normalize.id }}' }, { name: 'Append row', note: 'Small orders' })],
        },
        post(
          'notify',
          '/warehouse/orders',
          {
            order_id: '{{ steps.normalize.id }}',
            reference: 'order-{{ steps.normalize.id }}',
            ship_by: '{{ trigger.body.ship_by ?? "soon" }}',
          },
          { name: 'Notify fulfilment', retry: { attempts: 3, delay: '50ms', jitter: false, on: ['http.5xx'] } },
        ),
      ],
      { name: 'Order to CRM', onError: [{ id: 'alarm', use: 'log', with: { message: '{{ error.message }}' } }] },
    ),
    ...webhookFlow(
      'hello',
      {},
      [
        { id: 'greet', set: { text: 'Hello {{ trigger.body.name }}' } },
        { id: 'tell', use: 'log', with: { message: '{{ steps.greet.text }}' } },
      ],
      { name: 'Hello' },
    ),
    ...webhookFlow(
      'patient',
      {},
      [{ id: 'knock', use: 'http.request', with: { url: 'http://127.0.0.1:1/' }, retry: { attempts: 9, delay: '1h' } }],
      { name: 'Patient', onError: [{ id: 'report', use: 'log', with: { message: '{{ error.message }}' } }] },
    ),
    ...webhookFlow('partner', { credential: 'partner' }, [], { name: 'Partner orders' }),
    ...webhookFlow('shop', { credential: 'shop' }, [], { name: 'Shop orders' }),
    ...webhookFlow('unready', {}, [{ id: 'x', use: 'nobody.has-this' }], { name: 'Not ready yet' }),
  };
}
