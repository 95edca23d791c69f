import { Inject, Module, type DynamicModule, type InjectionToken, type OnModuleDestroy, type Type } from '@nestjs/common';
import { schemaCheck, type LiveFlow } from '@millrace/catalog';
import type { BirthClaims } from '@millrace/engine';
import { isResumeSignature, isStatusSignature, PLATFORM, type Platform } from '@millrace/platform';
import { HintProducer } from '@millrace/queue';
import { Consultations } from './door/consultations.js';
import { FrontDoor } from './door/front-door.js';
import { ExpressLane } from './express-lane.js';
import { HookController } from './hook.controller.js';
import { ResumeController } from './resume.controller.js';
import { ResumeDoor } from './resume/resume-door.js';
import { StatusController } from './status.controller.js';
import { StatusDoor } from './status/status-door.js';

const BIRTHS = Symbol('births');

/** The front door. By itself it queues every run. */
@Module({
  controllers: [HookController, ResumeController, StatusController],
  providers: [
    { provide: BIRTHS, useValue: undefined },
    { provide: Consultations, useFactory: () => new Consultations() },
    {
      provide: FrontDoor,
      inject: [PLATFORM, Consultations, HintProducer, { token: BIRTHS, optional: true }],
      useFactory: frontDoor,
    },
    ExpressLane,
    {
      provide: ResumeDoor,
      inject: [PLATFORM, Consultations, { token: BIRTHS, optional: true }],
      useFactory: resumeDoor,
    },
    { provide: StatusDoor, inject: [PLATFORM], useFactory: statusDoor },
  ],
})
export class WebhookModule implements OnModuleDestroy {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(FrontDoor) hook: FrontDoor,
    @Inject(ResumeDoor) resume: ResumeDoor,
  ) {
    measurePending(platform, { hook, resume });
  }

  /** Before runners drain and connections close: whoever waits is told where the answer will be. */
  onModuleDestroy(): void {
    this.platform.answers.release();
  }

  /** Together with a runner in one process: runs start there without passing the queue. */
  static bornIn(runnerModule: Type, runner: InjectionToken): DynamicModule {
    return { module: WebhookModule, imports: [runnerModule], providers: [{ provide: BIRTHS, useExisting: runner }] };
  }
}

function frontDoor(platform: Platform, consultations: Consultations, hints: HintProducer, births: BirthClaims | undefined): FrontDoor {
  const { config, catalog, events, refusals, answers, resumeKey, log, metrics } = platform;
  return new FrontDoor({
    flow: (id) => withHook(catalog.place(id)),
    endpoint: (name) => catalog.endpoint(name),
    largestBody: () => catalog.largestBody(config.maxBody),
    events,
    hints,
    births,
    answers,
    statusKey: resumeKey,
    keepRefusal: (refusal) => refusals.keep(refusal),
    consultations,
    now: () => new Date(),
    log,
    maxBody: config.maxBody,
    maxPending: config.maxPending,
    publicUrl: () => platform.publicUrl,
    hideUnknown: config.hideUnknown,
    credentialUsed: (name, failure) => platform.credentialUses.note(name, failure),
    metrics,
  });
}

/** Each door has memory of its own for bodies. */
function measurePending({ metrics }: Platform, doors: Readonly<Record<string, FrontDoor | ResumeDoor>>): void {
  const help = 'Bytes of bodies that are being read or wait for their commit, at the URLs of flows (hook) and of waiting steps (resume).';
  const pending = metrics.gauge('millrace_pending_body_bytes', help, 'door');
  metrics.whenRead(() => {
    for (const [name, door] of Object.entries(doors)) pending.set(door.pendingBytes, name);
  });
}

function resumeDoor(platform: Platform, consultations: Consultations, births: BirthClaims | undefined): ResumeDoor {
  const { config, catalog, history, resumptions, refusals, resumeKey, log } = platform;
  return new ResumeDoor({
    isSigned: (runId, path, signature) => isResumeSignature(resumeKey, runId, path, signature),
    run: (id) => history.run(id),
    plan: (flowId, version) => catalog.plan(flowId, version),
    credential: (name) => catalog.credentials.get(name),
    resume: (request) => resumptions.resume(request),
    resumption: (runId, path) => resumptions.find(runId, path),
    step: (runId, path) => history.step(runId, path),
    schemaCheck,
    keepRefusal: (refusal) => refusals.keep(refusal),
    consultations,
    credentialUsed: (name, failure) => platform.credentialUses.note(name, failure),
    ring: () => births?.ring(),
    publicUrl: () => platform.publicUrl,
    now: () => new Date(),
    log,
    maxBody: config.maxBody,
    maxPending: config.maxPending,
  });
}

function statusDoor({ answerStore, refusals, resumeKey, log }: Platform): StatusDoor {
  return new StatusDoor({
    isSigned: (runId, signature) => isStatusSignature(resumeKey, runId, signature),
    find: (runId) => answerStore.find(runId),
    keepRefusal: (refusal) => refusals.keep(refusal),
    now: () => new Date(),
    log,
  });
}

/** A flow that something else starts has no URL. */
function withHook(flow: LiveFlow | undefined): LiveFlow | undefined {
  return flow?.trigger === undefined || flow.trigger.type === 'webhook' ? flow : undefined;
}
