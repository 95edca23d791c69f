import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { hasLeftOvers } from '../../apps/millrace/demo/home.js';
import type { MillraceProcess } from '../support/millrace-process.js';
import { repeats, STEPS, type Step } from './book.js';
import { openWorld, postmaster, privateDatabase, send, settleAndJudge, spawnIn, startIn, type World } from './world.js';

jest.setTimeout(300_000);

const FULL = process.env['MILLRACE_FULL'] === '1';
const STAGE_MS = 30_000;
/** Where a start may be interrupted; the others take their time (a database is made each time) in the full suite. */
const STAGES = FULL
  ? (['that makes the database', 'that starts PostgreSQL', 'that migrates'] as const)
  : (['that starts PostgreSQL'] as const);
const STOPPING = 'finishing what is in flight';

function arrivedSteps({ arrivals }: World): Step[] {
  return arrivals.map(({ step }) => step);
}

/** From now on the receiver answers this step only once it is let go, and later ones after `afterwardsMs`. */
function hold(world: World, held: Step, afterwardsMs = 0): () => void {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  world.think = (step) => (step === held ? gate : Promise.resolve());
  return () => {
    world.think = () => delay(afterwardsMs);
    letGo();
  };
}

/** Programs that work on this home. Zombies, which have no arguments any more, do not count. */
function programsOf({ home }: World): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' });
  return stdout.split('\n').filter((args) => args.includes(home));
}

async function expectNothingRuns(world: World): Promise<void> {
  expect(await hasLeftOvers(world.home)).toBe(false);
  expect(programsOf(world)).toEqual([]);
}

describe('a start after SIGKILL', () => {
  it('of the process adopts its PostgreSQL, of both starts it again, and either goes on with the run that was in flight', async () => {
    const world = await openWorld();
    const letGo = hold(world, 'first');
    const first = await startIn(world);
    const server = await postmaster(world);
    expect(await send(world, first.url)).toBe(true);
    await world.receiver.waitFor(1);
    await first.process.kill();

    const second = await startIn(world);
    expect(await postmaster(world)).toBe(server);
    await second.process.prints('was still running and is adopted');
    await world.receiver.waitFor(2);
    process.kill(server!, 'SIGKILL');
    await second.process.kill();

    letGo();
    await startIn(world);
    expect(await postmaster(world)).not.toBe(server);
    expect(await settleAndJudge(world, await privateDatabase(world), 'Start after SIGKILL')).toEqual([]);
    expect(arrivedSteps(world)).toEqual(['first', 'first', 'first', 'second', 'third']);
  });

  it.each(STAGES)('of a start %s works', async (stage) => {
    const world = await openWorld();
    const killed = spawnIn(world);
    await reaches(world, killed, stage);
    await killed.kill();
    const { url } = await startIn(world);
    expect(await send(world, url)).toBe(true);
    expect(await settleAndJudge(world, await privateDatabase(world), 'Killed while it started')).toEqual([]);
  });
});

type Stage = 'that makes the database' | 'that starts PostgreSQL' | 'that migrates';

async function reaches(world: World, starting: MillraceProcess, stage: Stage): Promise<void> {
  if (stage === 'that migrates') return starting.prints('Postgres started');
  const isThere = async (): Promise<boolean> =>
    stage === 'that starts PostgreSQL'
      ? hasLeftOvers(world.home)
      : (await readdir(world.home)).some((name) => name.startsWith('postgres.new'));
  const deadline = Date.now() + STAGE_MS;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error(`The start did not get there:\n${starting.output()}`);
    await delay(2);
  }
}

describe('Ctrl-C', () => {
  it('lets the step in flight finish, hands the run over to the next start, and takes PostgreSQL along', async () => {
    const world = await openWorld();
    // One more step may begin between the signal and the drain; it takes long enough to be the last.
    const letGo = hold(world, 'first', 500);
    const { process: stopping, url } = await startIn(world);
    await send(world, url);
    await world.receiver.waitFor(1);
    stopping.signal('SIGINT');
    await stopping.prints(STOPPING);
    letGo();
    expect(await stopping.ended()).toEqual({ code: 0, signal: null });
    expect(arrivedSteps(world)).not.toContain('third');
    await expectNothingRuns(world);

    await startIn(world);
    expect(await settleAndJudge(world, await privateDatabase(world), 'Handed over')).toEqual([]);
    expect(arrivedSteps(world)).toEqual([...STEPS]);
  });

  it('lets a run end whose last step is in flight', async () => {
    const world = await openWorld();
    const letGo = hold(world, 'third');
    const { process: stopping, url } = await startIn(world);
    await send(world, url);
    await world.receiver.waitFor(3);
    stopping.signal('SIGINT');
    await stopping.prints(STOPPING);
    letGo();
    expect(await stopping.ended()).toEqual({ code: 0, signal: null });

    await startIn(world);
    expect(await settleAndJudge(world, await privateDatabase(world), 'Drained')).toEqual([]);
    expect(arrivedSteps(world)).toEqual([...STEPS]);
  });

  it('a second time ends it at once, and nothing is lost', async () => {
    const world = await openWorld();
    const letGo = hold(world, 'first');
    const { process: stopping, url } = await startIn(world);
    await send(world, url);
    await world.receiver.waitFor(1);
    stopping.signal('SIGINT');
    await stopping.prints(STOPPING);
    stopping.signal('SIGINT');
    expect(await stopping.ended()).toEqual({ code: 130, signal: null });

    letGo();
    await startIn(world);
    expect(await settleAndJudge(world, await privateDatabase(world), 'Stopped at once')).toEqual([]);
    expect(arrivedSteps(world)).toEqual(['first', ...STEPS]);
  });

  it.each(STAGES)('at a start %s leaves nothing running', async (stage) => {
    const world = await openWorld();
    const starting = spawnIn(world);
    await reaches(world, starting, stage);
    starting.signal('SIGINT');
    await starting.ended();
    await expectNothingRuns(world);
    await startIn(world);
  });

  if (FULL) {
    it('gives up a step that takes too long, and the next start repeats it with the same key', async () => {
      const world = await openWorld();
      const letGo = hold(world, 'first');
      const { process: stopping, url } = await startIn(world);
      await send(world, url);
      await world.receiver.waitFor(1);
      stopping.signal('SIGINT');
      expect(await stopping.ended()).toEqual({ code: 0, signal: null });
      await expectNothingRuns(world);

      letGo();
      await startIn(world);
      expect(await settleAndJudge(world, await privateDatabase(world), 'Given up')).toEqual([]);
      expect(repeats(world.arrivals)).toBe(1);
    });
  }
});

describe('a start that cannot be', () => {
  it('on a home in use says whose it is and what to do, and leaves that one alone', async () => {
    const world = await openWorld();
    const first = await startIn(world);
    const second = spawnIn(world);
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    expect(second.output().trim()).toMatch(
      new RegExp(
        `^Another Millrace \\(pid ${first.process.child.pid}\\) already uses this MILLRACE_HOME\\. Stop it first, or set MILLRACE_HOME`,
      ),
    );
    expect(await send(world, first.url)).toBe(true);
    expect(await settleAndJudge(world, await privateDatabase(world), 'Second start')).toEqual([]);
  });

  it('on a port in use says so and what to do, and leaves nothing running', async () => {
    const world = await openWorld();
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    const refused = spawnIn(world, undefined, { PORT: String(port) });
    expect(await refused.ended()).toEqual({ code: 1, signal: null });
    occupant.close();
    expect(refused.output().trim()).toBe(
      `Port ${port} on 127.0.0.1 is in use. Stop what listens there, or start with another one: PORT=${port + 1} npm start`,
    );
    await expectNothingRuns(world);
  });
});
