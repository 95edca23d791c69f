import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { startEmbeddedPostgres } from '@millrace/postgres';
import {
  countKill,
  finallyClose,
  noteJournalled,
  openWorld,
  postmaster,
  privateDatabase,
  safeFromPoison,
  settleAndJudge,
  startIn,
  startLoad,
  type World,
} from './world.js';

jest.setTimeout(300_000);

const FULL = process.env['MILLRACE_FULL'] === '1';
const LOAD = { clients: 12, pauseMs: 40 };
/** A kill comes this long after everything is up: time enough for runs that a kill interrupted to get one step further. */
const MOMENT_MS = [400, 1_500] as const;
const RECOVERY_MS = 30_000;

/** Everything in one process with its private PostgreSQL, and clients that do not wait for anything to come back. */
class Instance {
  url: string | undefined;
  database = '';
  private running!: Awaited<ReturnType<typeof startIn>>;

  constructor(readonly world: World) {}

  async start(): Promise<void> {
    this.running = await startIn(this.world);
    this.database ||= await privateDatabase(this.world);
    this.url = this.running.url;
  }

  /** The process group, as the kernel or a supervisor does it; PostgreSQL lives on and is adopted. */
  async killGroup(): Promise<void> {
    await this.endProcess();
    await noteJournalled(this.world, this.database);
    await this.start();
  }

  /** As a power cut does it. */
  async killEverything(): Promise<void> {
    killPostmaster(await postmaster(this.world));
    await this.endProcess();
    await this.start();
  }

  /** The instance starts it again and goes on; no runner dies, so no step may be repeated. */
  async killPostgres(): Promise<void> {
    const pid = await postmaster(this.world);
    killPostmaster(pid);
    const deadline = Date.now() + RECOVERY_MS;
    while ((await postmaster(this.world)) === pid || !(await this.isReady())) {
      if (Date.now() > deadline) throw new Error(`PostgreSQL did not come back:\n${this.running.process.output()}`);
      await delay(20);
    }
  }

  private async endProcess(): Promise<void> {
    this.url = undefined;
    await this.running.process.kill();
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

function killPostmaster(pid: number | undefined): void {
  if (pid === undefined) throw new Error('PostgreSQL is not running.');
  process.kill(pid, 'SIGKILL');
}

async function moment({ random }: World, databaseUrl: string): Promise<void> {
  await delay(random.between(...MOMENT_MS));
  await safeFromPoison(databaseUrl);
}

async function killAtRandom(kinds: readonly ('killGroup' | 'killPostgres' | 'killEverything')[], title: string): Promise<void> {
  const world = await openWorld();
  const instance = new Instance(world);
  await instance.start();
  const load = startLoad(world, () => instance.url, LOAD);
  for (const kind of world.random.shuffled(kinds)) {
    await moment(world, instance.database);
    countKill(world, kind);
    await instance[kind]();
  }
  await moment(world, instance.database);
  await load.stop();
  expect(await settleAndJudge(world, instance.database, title)).toEqual([]);
  expect(world.acknowledged.size).toBeGreaterThan(0);
}

it('keeps its promises when its process group is killed under load', () => killAtRandom(['killGroup'], 'Random moment'));

if (FULL) {
  // Five ends of PostgreSQL within a minute are the most that an instance puts up with.
  const times = (count: number, kind: 'killGroup' | 'killPostgres' | 'killEverything') => Array.from({ length: count }, () => kind);

  it('keeps its promises when its process group, PostgreSQL or both are killed again and again under load', () =>
    killAtRandom([...times(7, 'killGroup'), ...times(4, 'killPostgres'), ...times(3, 'killEverything')], 'Random moments'));

  it('keeps its promises when a runner or a front door that work apart are killed again and again under load', async () => {
    const world = await openWorld();
    const server = await startEmbeddedPostgres({ home: world.home, log: () => undefined });
    finallyClose(() => server.stop());
    let door = await startIn(world, 'webhook-service', server.url);
    let runner = await startIn(world, 'flow-runner', server.url);
    let url: string | undefined = door.url;
    const load = startLoad(world, () => url, LOAD);
    for (const what of world.random.shuffled([
      'flow-runner',
      'webhook-service',
      'flow-runner',
      'flow-runner',
      'webhook-service',
      'flow-runner',
    ])) {
      await moment(world, server.url);
      countKill(world, what);
      if (what === 'flow-runner') {
        await runner.process.kill();
        await noteJournalled(world, server.url);
        runner = await startIn(world, 'flow-runner', server.url);
      } else {
        url = undefined;
        await door.process.kill();
        door = await startIn(world, 'webhook-service', server.url);
        url = door.url;
      }
    }
    await moment(world, server.url);
    await load.stop();
    expect(await settleAndJudge(world, server.url, 'Apart')).toEqual([]);
    expect(world.acknowledged.size).toBeGreaterThan(0);
  });
}
