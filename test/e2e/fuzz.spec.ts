import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, FUZZED, METHODS, statusIn, Tally } from '../support/fuzz-requests.js';
import { webhookFlow } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { exchange } from '../support/raw-http.js';

/** Requests of each kind. */
const RUNS = process.env['MILLRACE_FULL'] === '1' ? 1_500 : 400;
/** Connections at the same time. */
const AT_ONCE = 20;
/** What the process may need more than after its first hundred requests: buffers, and a heap that is not collected at once. */
const MAX_GROWTH_MB = 150;

jest.setTimeout(RUNS * 20 + 90_000);

const see = [{ id: 'seen', set: { body: '{{ trigger.body ?? null }}' } }];
const all = { methods: METHODS, encodings: ['gzip', 'deflate', 'br'] };
const flows = {
  ...webhookFlow('open', all, see),
  ...webhookFlow('signed', { ...all, credential: 'github' }, see),
  credentials: { github: { type: 'hmac', scheme: 'github', secrets: [{ env: 'HOOK_SECRET' }] } },
} as Record<string, object>;
const paths = [
  ...Array.from({ length: 6 }, () => '/flows/open/hook'),
  '/flows/signed/hook',
  '/flows/nobody/hook',
  '/endpoints/nobody',
  '/resume/a/b/c',
  '/runs/a/b',
  '/flows/%zz/hook',
];

let instance: TestInstance;

beforeAll(async () => {
  instance = await startInstance({ flows, env: { HOOK_SECRET: 'secret-of-the-fuzz-spec', MILLRACE_LOG_LEVEL: 'error' } });
});

/** Of the whole process, without the pages of the database, which is another one. */
async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${instance.child.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}

/** The instance as it is built, over its sockets. */
describe('an instance that is sent anything at all', () => {
  it.each(Object.entries(FUZZED))('in %s answers, never with a failure of its own, and grows no further', async (kind, requests) => {
    const sent = fc.sample(fc.tuple(requests, fc.constantFrom(...paths)), RUNS);
    await sendAll(sent.slice(0, 100), new Tally('a warm-up'));
    const [tally, before] = [new Tally(`${kind} over the wire`), await residentMegabytes()];
    await sendAll(sent, tally);
    const after = await residentMegabytes();
    expect(tally.report(() => after, before)).toBeLessThan(MAX_GROWTH_MB);
    expect(tally.of((status) => status === 0 || status >= 500)).toBe(0);
    expect(tally.of((status) => status < 300)).toBeGreaterThan(0);
    expect(instance.child.exitCode).toBeNull();
    expect((await fetch(`${instance.url}/health/ready`)).status).toBe(200);
  });

  async function sendAll(sent: readonly (readonly [Parameters<typeof bytesOf>[0], string])[], tally: Tally): Promise<void> {
    const left = [...sent];
    const send = async (): Promise<void> => {
      for (let next = left.pop(); next; next = left.pop()) tally.count(await answerTo(next));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  }

  async function answerTo([request, path]: readonly [Parameters<typeof bytesOf>[0], string]): Promise<number> {
    const { status, body } = await exchange(instance.url, bytesOf(request, path));
    // An invitation to go on comes before the answer.
    return status >= 200 ? status : statusIn(body);
  }
});
