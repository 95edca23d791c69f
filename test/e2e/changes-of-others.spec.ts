import { jest } from '@jest/globals';
import type { FlowList } from '../../apps/control-api/index.js';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const ROUNDS = 5;

let postgres: PrivatePostgres;
let [first, second]: TestInstance[] = [];

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  const env = { DATABASE_URL: await postgres.newUrl(), MILLRACE_SOURCE: 'database' };
  first = await startInstance({ flows: {}, env });
  second = await startInstance({ flows: {}, env });
});
afterAll(async () => {
  await Promise.all([first?.stop(), second?.stop()]);
  await postgres.stop();
});

async function deploy(name: string): Promise<void> {
  const text = JSON.stringify({ format: 1, id: 'followed', name, trigger: { type: 'webhook' }, steps: [] });
  await first!.api('flows/followed/versions', { method: 'POST', body: JSON.stringify({ text }) });
}

/** What the second process lists as soon as it has told that flows changed; `begun` is called once it listens. */
async function listedWhenTold(begun: () => Promise<void>): Promise<(string | null)[]> {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${second!.token}` };
  const response = await fetch(`${second!.url}/api/v1/stream`, { headers, signal: stop.signal });
  let [text, changing]: [string, Promise<void> | undefined] = ['', undefined];
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/event: (hello|resync)/.test(text)) changing ??= begun();
    if (text.includes('"flows":true')) break;
  }
  const { items } = await second!.api<FlowList>('flows');
  stop.abort();
  await changing;
  return items.map(({ name }) => name);
}

describe('a process that tells of what another one published', () => {
  it('shows it by then', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      expect(await listedWhenTold(() => deploy(`Round ${round}`))).toEqual([`Round ${round}`]);
    }
  });
});
