import { Module, type DynamicModule } from '@nestjs/common';
import { ACCESS, createAccess } from './access/access.js';
import { ApiGuard } from './access/guard.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { KeyController } from './credentials/key.controller.js';
import { DeadLettersController } from './operations/dead-letters.controller.js';
import { DraftsController } from './drafts/drafts.controller.js';
import { EventsController } from './events/events.controller.js';
import { FlowsController } from './flows/flows.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { RefusalsController } from './refusals/refusals.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { StatusController } from './status/status.controller.js';
import { VersionsController } from './versions/versions.controller.js';

@Module({})
class ControlModule {}

/** The control API under /api/v1, open to whoever has `token`. */
export function controlModule(token: string): DynamicModule {
  return {
    module: ControlModule,
    controllers: [
      FlowsController,
      DraftsController,
      VersionsController,
      EventsController,
      RefusalsController,
      RunsController,
      DeadLettersController,
      StatusController,
      CredentialsController,
      KeyController,
      OpenApiController,
    ],
    providers: [{ provide: ACCESS, useValue: createAccess(token) }, ApiGuard],
  };
}
