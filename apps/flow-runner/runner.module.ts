import { Inject, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { defaultLimits, type Clock, type Limits } from '@millrace/engine';
import { createHttpClient, type HttpClient } from '@millrace/http-client';
import { PLATFORM, resumeUrl, type Platform } from '@millrace/platform';
import { ratesFor, type RateParts } from './credential-rate.js';
import { flowCalls } from './calls.js';
import { componentHost } from './host.js';
import { HintProcessor } from './hint.processor.js';
import { Housekeeping } from './housekeeping.js';
import { answeringJournal } from './runner/answering-journal.js';
import { measuredJournal } from './runner/measured-journal.js';
import { Lease } from './runner/lease.js';
import { Runner } from './runner/runner.js';
import { planOf } from './plan-of.js';
import { Triggers } from './triggers/triggers.js';

/** How long steps in flight may take to finish when the process is asked to stop. */
const DRAIN_MS = 10_000;

const HTTP = Symbol('http');

const clock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Runs flows: claims, walks, sweeps. */
@Module({
  providers: [
    { provide: HTTP, inject: [PLATFORM], useFactory: ({ config }: Platform) => createHttpClient({ allow: [...config.httpAllow] }) },
    { provide: Triggers, inject: [PLATFORM], useFactory: (platform: Platform) => new Triggers(platform) },
    { provide: Runner, inject: [PLATFORM, HTTP, Triggers], useFactory: runner },
    { provide: Housekeeping, inject: [PLATFORM], useFactory: (platform: Platform) => new Housekeeping(platform) },
    HintProcessor,
  ],
  exports: [Runner],
})
export class RunnerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(Runner) private readonly runner: Runner,
    @Inject(HTTP) private readonly http: HttpClient,
    @Inject(Housekeeping) private readonly housekeeping: Housekeeping,
    @Inject(Triggers) private readonly triggers: Triggers,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.runner.start();
    this.housekeeping.start();
    this.triggers.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.housekeeping.stop();
    await this.triggers.stop();
    await this.runner.drain(DRAIN_MS);
    await this.http.close();
  }
}

function runner(platform: Platform, http: HttpClient, triggers: Triggers): Runner {
  const {
    config,
    runs,
    journal,
    catalog,
    flows,
    history,
    log,
    starter,
    resumptions,
    resumeKey,
    credentialUses,
    answers,
    useBook,
    metrics,
  } = platform;
  const rates: RateParts = { book: useBook, rate: (name) => catalog.credentials.rate(name), log };
  const made: Runner = new Runner({
    claims: runs,
    journal: measuredJournal(answeringJournal(journal, answers), metrics, clock),
    calls: flowCalls({ catalog, flows, starter, ring: () => made.ring() }),
    resumptions: {
      url: (runId, path) => resumeUrl(platform.publicUrl, resumeKey, runId, path),
      find: (runId, path) => resumptions.find(runId, path),
    },
    lease: new Lease(runs, log),
    host: componentHost({
      catalog,
      http,
      log,
      triggers,
      readEvent: (id) => history.event(id),
      used: (name, failure) => credentialUses.note(name, failure),
      rates,
    }),
    rates: (persistence) => ratesFor(rates, persistence),
    clock,
    log,
    plan: (run) => planOf(run, platform),
    slots: config.slots,
    isRanked: () => catalog.heldBack.isRanked,
    isPaced: () => catalog.heldBack.isPaced,
    limits: limitsOf(config),
  });
  const slots = metrics.gauge('millrace_runner_slots', 'Places for runs in this process.', 'state');
  metrics.whenRead(() => {
    slots.set(made.busy, 'busy');
    slots.set(config.slots - made.busy, 'free');
  });
  platform.bell.listen(() => made.ring());
  return made;
}

function limitsOf({ maxSteps, maxRunTime, maxLoopItems, keptItems, maxOutput, maxJournal }: Platform['config']): Limits {
  return {
    ...defaultLimits,
    steps: maxSteps,
    durationMs: maxRunTime,
    items: maxLoopItems,
    keptItems,
    outputBytes: maxOutput,
    journalBytes: maxJournal,
  };
}
