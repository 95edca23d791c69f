import { Module, type DynamicModule, type InjectionToken, type Type } from '@nestjs/common';
import type { BirthClaims } from '@millrace/engine';
import { PLATFORM, type Platform } from '@millrace/platform';
import { HintProducer } from '@millrace/queue';
import { FrontDoor } from './door/front-door.js';
import { HookController } from './hook.controller.js';

const BIRTHS = Symbol('births');

/** The front door. By itself it queues every run. */
@Module({
  controllers: [HookController],
  providers: [
    { provide: BIRTHS, useValue: undefined },
    {
      provide: FrontDoor,
      inject: [PLATFORM, HintProducer, { token: BIRTHS, optional: true }],
      useFactory: frontDoor,
    },
  ],
})
export class WebhookModule {
  /** Together with a runner in one process: runs start there without passing the queue. */
  static bornIn(runnerModule: Type, runner: InjectionToken): DynamicModule {
    return { module: WebhookModule, imports: [runnerModule], providers: [{ provide: BIRTHS, useExisting: runner }] };
  }
}

function frontDoor(platform: Platform, hints: HintProducer, births: BirthClaims | undefined): FrontDoor {
  const { config, catalog, events, refusals, log } = platform;
  return new FrontDoor({
    flow: (id) => catalog.flow(id),
    events,
    hints,
    births,
    keepRefusal: (refusal) => refusals.keep(refusal),
    now: () => new Date(),
    log,
    maxBody: config.maxBody,
    maxPending: config.maxPending,
    publicUrl: () => platform.publicUrl,
    hideUnknown: config.hideUnknown,
    credentialUsed: (name, failure) => platform.credentialUses.note(name, failure),
  });
}
