import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openDatabase, PostgresHistory, type Database, type RunSummary } from '@millrace/postgres';
import { HINTS, openQueue, type Hint } from '@millrace/queue';
import { Queue } from 'bullmq';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { hasRedisServer, startPrivateRedis, type PrivateRedis } from '../contract/private-redis.js';
import { eventually, webhookFlow } from '../support/flow-files.js';
import { spawnMillrace, type MillraceProcess } from '../support/millrace-process.js';
import { startReceiver, type Receiver, type Reply } from '../support/receiver.js';

jest.setTimeout(300_000);

const OK: Reply = { status: 200 };

/** A run that is queued without a due time is found by nobody but its hint. */
const WITHOUT_SWEEP = `
  create function never_due() returns trigger language plpgsql as $$ begin new.due_at = null; return new; end $$;
  create trigger never_due before insert on runs for each row execute function never_due()`;

/** Front door and runner as processes of their own, with nothing between them but database and queue. */
interface Apart {
  readonly databaseUrl: string;
  readonly receiver: Receiver;
  /** Makes the receiver answer the next requests only when this is called. */
  holdAnswers(): () => void;
  start(app: 'webhook-service' | 'flow-runner', env?: Readonly<Record<string, string>>): Promise<MillraceProcess>;
  /** From now on the sweep finds nothing: what runs was hinted. */
  withoutSweep(): Promise<void>;
  /** The runs of these events, oldest first, once each of them has ended. */
  ended(eventIds: readonly string[]): Promise<RunSummary[]>;
  stop(): Promise<void>;
}

let postgres: PrivatePostgres;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
});
afterAll(() => postgres.stop());

async function setUp(queue: Readonly<Record<string, string>>): Promise<Apart> {
  let gate: Promise<void> = Promise.resolve();
  const receiver = await startReceiver(() => gate.then(() => OK));
  const home = await mkdtemp(join(tmpdir(), 'millrace-apart-'));
  const body = { n: '{{ trigger.body.n }}' };
  const send = { id: 'send', use: 'http.request', with: { url: receiver.url, method: 'POST', body } };
  await writeFile(join(home, 'deliver.json'), JSON.stringify(webhookFlow('deliver', {}, [send])['deliver']));
  const databaseUrl = await postgres.newUrl();
  const database: Database = await openDatabase({ url: databaseUrl, poolSize: 2 });
  const history = new PostgresHistory(database.pool);
  const started: MillraceProcess[] = [];
  const end = async (eventId: string): Promise<RunSummary | undefined> =>
    (await history.runs({ eventId, limit: 2 })).items.find(({ status }) => status === 'succeeded' || status === 'failed');
  return {
    databaseUrl,
    receiver,
    holdAnswers: () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return () => open();
    },
    start: async (app, env) => {
      const process = spawnMillrace({
        args: ['start', app],
        home,
        env: { DATABASE_URL: databaseUrl, MILLRACE_FLOWS: home, ...queue, ...env },
      });
      started.push(process);
      await process.ready();
      return process;
    },
    withoutSweep: async () => void (await database.pool.query(WITHOUT_SWEEP)),
    ended: (eventIds) => Promise.all(eventIds.map((id) => eventually(`the end of the run of ${id}`, () => end(id)))),
    stop: async () => {
      await Promise.all(started.map((process) => process.kill()));
      await receiver.close();
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface Receipt {
  readonly eventId: string;
  readonly runId: string;
}

async function send(door: string, n: number): Promise<Receipt> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ n }) };
  const response = await fetch(`${door}/flows/deliver/hook`, init);
  expect(response.status).toBe(202);
  return (await response.json()) as Receipt;
}

function arrived({ requests }: Receiver): number[] {
  return requests.map(({ json }) => (json as { n: number }).n);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

async function endsWell(process: MillraceProcess): Promise<void> {
  process.signal('SIGTERM');
  expect(await process.ended()).toEqual({ code: 0, signal: null });
}

/** What holds whichever the backend. `queue` says which one, as environment. */
function properties(queue: () => Readonly<Record<string, string>>): void {
  let apart: Apart;
  let door: string;
  beforeEach(async () => {
    apart = await setUp(queue());
    door = await (await apart.start('webhook-service')).ready();
  });
  afterEach(() => apart.stop());

  it('every accepted event is run once and succeeds, by its hint alone', async () => {
    const runner = await apart.start('flow-runner');
    await apart.withoutSweep();
    const receipts = await Promise.all(upTo(60).map((n) => send(door, n)));
    const runs = await apart.ended(receipts.map(({ eventId }) => eventId));
    expect(runs.map(({ id, status }) => [id, status])).toEqual(receipts.map(({ runId }) => [runId, 'succeeded']));
    expect(arrived(apart.receiver).sort((a, b) => a - b)).toEqual(upTo(60));
    await endsWell(runner);
  });

  it('a hint that is delivered again, or says what is not there, does no harm', async () => {
    await apart.start('flow-runner');
    const open = apart.holdAnswers();
    const first = await send(door, 0);
    await apart.receiver.waitFor(1);
    await hint(
      apart.databaseUrl,
      queue()['REDIS_URL'],
      [first.runId],
      [first.runId, first.runId],
      ['01920f7a-5c1e-7cc3-98c4-dc0c0c07398f'],
      [],
    );
    const second = await send(door, 1);
    await apart.receiver.waitFor(2);
    open();
    await apart.ended([first.eventId, second.eventId]);
    await hint(apart.databaseUrl, queue()['REDIS_URL'], [first.runId, second.runId]);
    const third = await send(door, 2);
    await apart.ended([third.eventId]);
    expect(arrived(apart.receiver)).toEqual([0, 1, 2]);
  });

  it('a runner with one slot takes a burst in the order of its arrival, and loses none of it', async () => {
    await apart.start('flow-runner', { MILLRACE_SLOTS: '1' });
    const open = apart.holdAnswers();
    const receipts: Receipt[] = [];
    for (const n of upTo(50)) receipts.push(await send(door, n));
    await apart.receiver.waitFor(1);
    expect(arrived(apart.receiver)).toEqual([0]);
    open();
    await apart.ended(receipts.map(({ eventId }) => eventId));
    expect(arrived(apart.receiver)).toEqual(upTo(50));
  });
}

/** As if the queue delivered these hints (once more). */
async function hint(databaseUrl: string, redisUrl: string | undefined, ...hints: string[][]): Promise<void> {
  const backend = await openQueue({ databaseUrl, redisUrl });
  const queue = new Queue<Hint>(HINTS, { connection: backend.connection as never });
  queue.on('error', () => undefined);
  for (const runIds of hints) await queue.add('runs', { runIds });
  await queue.close();
  await backend.close();
}

describe('with the queue on PostgreSQL', () => {
  properties(() => ({}));
});

const ownRedis = hasRedisServer();
const givenRedis = process.env['REDIS_URL'] ?? '';

(ownRedis || givenRedis ? describe : describe.skip)('with the queue on Redis', () => {
  let redis: PrivateRedis | undefined;
  beforeAll(async () => {
    if (ownRedis) redis = await startPrivateRedis();
  });
  afterAll(() => redis?.kill());

  properties(() => ({ REDIS_URL: redis?.url ?? givenRedis }));
});

(ownRedis ? describe : describe.skip)('when Redis goes away', () => {
  let redis: PrivateRedis;
  let apart: Apart;
  beforeEach(async () => {
    redis = await startPrivateRedis();
    apart = await setUp({ REDIS_URL: redis.url });
  });
  afterEach(async () => {
    await apart.stop();
    await redis.kill();
  });

  it('events are accepted and run all the same, and the queue is taken up again when it is back', async () => {
    const door = await apart.start('webhook-service');
    const runner = await apart.start('flow-runner');
    const url = await door.ready();
    await redis.kill();
    await runner.prints('The queue is away');
    const away = await send(url, 0);
    expect(await apart.ended([away.eventId])).toMatchObject([{ id: away.runId, status: 'succeeded' }]);
    await redis.start();
    const back = await send(url, 1);
    await runner.prints('The queue is back');
    await apart.ended([back.eventId]);
    expect(arrived(apart.receiver)).toEqual([0, 1]);
  });

  it('front door and runner still stop when they are asked to', async () => {
    const both = [await apart.start('webhook-service'), await apart.start('flow-runner')];
    await redis.kill();
    await Promise.all(both.map(endsWell));
  });
});
