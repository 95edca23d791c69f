import type { Refusal } from '@millrace/engine';
import { createLogger } from '@millrace/telemetry';
import { contentOf, NOW, request } from '../door/rig.js';
import { StatusDoor, type StatusParts } from './status-door.js';

type Found = Awaited<ReturnType<StatusParts['find']>>;

function doorOf(find: () => Promise<Found>): { door: StatusDoor; refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const door = new StatusDoor({
    isSigned: (_, signature) => signature === 'good',
    find,
    keepRefusal: (refusal) => void refusals.push(refusal),
    now: () => new Date(NOW),
    log: createLogger({ level: 'silent', format: 'json' }),
  });
  return { door, refusals };
}

const target = { runId: 'run-1', signature: 'good' };
const get = (method = 'GET'): ReturnType<typeof request> => request({ method, url: '/runs/run-1/good', rawHeaders: [], body: '' });
const found = (answer: NonNullable<Found>['answer']) => () => Promise.resolve({ eventId: 'event-1', answer });

describe('a status URL', () => {
  it.each(['queued', 'held', 'running', 'waiting'] as const)('says that the run is %s, and when to come again', async (status) => {
    const answer = await doorOf(found({ kind: 'none', status })).door.receive(target, get());
    expect([answer.status, answer.headers['retry-after'], contentOf(answer)]).toEqual([
      202,
      '1',
      { eventId: 'event-1', runId: 'run-1', status },
    ]);
  });

  it('gives the answer of the flow, which nothing on the way may keep', async () => {
    const response = { status: 404, headers: { 'Cache-Control': 'public' }, body: 'no such order' };
    const { door, refusals } = doorOf(found({ kind: 'response', response }));
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    expect(await door.receive(target, get('HEAD'))).toEqual({ status: 404, headers, body: 'no such order' });
    expect(refusals).toEqual([]);
  });

  it('is over with its run', async () => {
    expect((await doorOf(() => Promise.resolve(undefined)).door.receive(target, get())).status).toBe(410);
  });

  it('asks nobody for a signature that does not hold, and shows it to nobody', async () => {
    const { door, refusals } = doorOf(() => Promise.reject(new Error('asked')));
    const made = request({ method: 'GET', url: '/runs/run-1/made-up?x=1', rawHeaders: [], body: '' });
    const answer = await door.receive({ runId: 'run-1', signature: 'made-up' }, made);
    expect([answer.status, contentOf(answer).error]).toEqual([
      404,
      { code: 'status.not-found', message: 'There is nothing at this URL. Use it whole, exactly as the answer gave it.' },
    ]);
    expect(refusals).toMatchObject([{ code: 'status.bad-signature', url: '/runs/run-1/…' }]);
  });

  it('is read only', async () => {
    expect(await doorOf(found({ kind: 'none', status: 'running' })).door.receive(target, get('POST'))).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });

  it('answers 503 while the database is away', async () => {
    const { door, refusals } = doorOf(() => Promise.reject(new Error('away')));
    expect(await door.receive(target, get())).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(refusals).toMatchObject([{ code: 'status.failed' }]);
  });
});
