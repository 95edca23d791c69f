import { jest } from '@jest/globals';
import fc from 'fast-check';
import { requestsOf, type ApiDocument, type ApiRequest } from '../support/fuzz-api.js';
import { webhookFlow } from '../support/flow-files.js';
import { ANSWER_MS, startInstance, type TestInstance } from '../support/instance.js';

/** Requests to each operation. */
const RUNS = process.env['MILLRACE_FULL'] === '1' ? 60 : 15;
/** Requests at the same time. */
const AT_ONCE = 8;
const SEED = Number(process.env['MILLRACE_SEED'] ?? Date.now() % 1_000_000);

jest.setTimeout(300_000);

interface Answer {
  readonly request: ApiRequest;
  readonly status: number;
  readonly text: string;
}

/** A stream has no end; the session of the test is its token; the others are fuzzed at the door. */
const LEFT_OUT = /^GET \/api\/v1\/stream|\/session$|^\w+ \/(flows|endpoints|runs|resume)\//;

const CODE = /^[a-z][a-z-]*(\.[a-z][a-z-]*)+$/;

let instance: TestInstance;
let document: ApiDocument;
let known: Record<string, string[]>;

beforeAll(async () => {
  const steps = [
    { id: 'seen', set: { body: '{{ trigger.body ?? null }}' } },
    { id: 'sent', use: 'http.request', with: { url: 'http://127.0.0.1:9/' }, retry: { attempts: 1 } },
  ];
  instance = await startInstance({
    flows: { ...webhookFlow('open', {}, steps), credentials: {} } as Record<string, object>,
    env: { MILLRACE_LOG_LEVEL: 'silent' },
  });
  document = await instance.api<ApiDocument>('openapi.json');
  const headers = { 'content-type': 'application/json' };
  await instance.api('endpoints/made', { method: 'PUT', body: JSON.stringify({ definition: {}, revision: 0 }), headers });
  const sent = await fetch(`${instance.url}/flows/open/hook`, {
    method: 'POST',
    body: '{"n":1}',
    headers,
  });
  const { eventId, runId } = (await sent.json()) as { eventId: string; runId: string };
  known = {
    id: ['open', eventId, runId],
    name: ['made', 'partner'],
    step: ['seen', 'sent'],
    path: ['seen', 'sent'],
    flow: ['open'],
    event: [eventId],
    run: [runId],
  };
}, 180_000);

async function answerTo(request: ApiRequest): Promise<Answer> {
  const headers = { authorization: `Bearer ${instance.token}`, ...(request.body !== undefined && { 'content-type': 'application/json' }) };
  const { method, path, body } = request;
  const response = await fetch(instance.url + path, {
    method,
    headers,
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(body !== undefined && { body }),
  });
  return { request, status: response.status, text: await response.text() };
}

async function answersTo(requests: readonly ApiRequest[]): Promise<Answer[]> {
  const [left, answers] = [[...requests], [] as Answer[]];
  const send = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) answers.push(await answerTo(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  return answers;
}

/** What is wrong with an answer, for whoever has to find out why. */
function faultOf({ request, status, text }: Answer): string[] {
  const where = `${request.method} ${request.path.slice(0, 300)} ${(request.body ?? '').slice(0, 300)}: ${status} ${text.slice(0, 300)}`;
  if (status >= 500) return [where];
  return status < 400 || isRefusal(text) ? [] : [where];
}

function isRefusal(text: string): boolean {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    const message = String(error?.message);
    return CODE.test(String(error?.code)) && message.length > 10 && !/\[object |undefined|\bNaN\b/.test(message);
  } catch {
    return false;
  }
}

/** Every operation that the API describes. */
describe('the API, asked for anything at all', () => {
  it('answers, and what it refuses it refuses with a reason', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        LEFT_OUT.test(`${method.toUpperCase()} ${path}`) ? [] : [requestsOf(method, path, operation, known)],
      ),
    );
    const requests = operations.flatMap((requestsOfOne, index) => fc.sample(requestsOfOne, { numRuns: RUNS, seed: SEED + index }));
    const answers = await answersTo(requests);
    const [taken, refused] = [answers.filter(({ status }) => status < 400), answers.filter(({ status }) => status >= 400 && status < 500)];
    console.info(
      `${operations.length} operations, ${answers.length} requests: ${taken.length} taken, ${refused.length} refused; MILLRACE_SEED=${SEED}`,
    );
    expect(answers.flatMap(faultOf)).toEqual([]);
    expect(taken.length).toBeGreaterThan(operations.length);
    expect(refused.length).toBeGreaterThan(operations.length);
    expect((await fetch(`${instance.url}/health/ready`)).status).toBe(200);
  });
});
