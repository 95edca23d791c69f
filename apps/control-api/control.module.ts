import { Module, type DynamicModule } from '@nestjs/common';
import { ACCESS, createAccess } from './access/access.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { AuditTrail } from './audit/trail.js';
import { StoredGauges } from './metrics/stored-gauges.js';
import { KeyController } from './credentials/key.controller.js';
import { DeadLettersController } from './operations/dead-letters.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { DraftsController } from './drafts/drafts.controller.js';
import { Doorkeeper } from './access/doorkeeper.js';
import { ApiGuard, PageGuard } from './access/guard.js';
import { SessionController } from './access/session.controller.js';
import { ActivityController } from './activity/activity.controller.js';
import { ComponentsController } from './components/components.controller.js';
import { CredentialsController } from './credentials/credentials.controller.js';
import { SchemesController } from './credentials/schemes.controller.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { EventValuesController } from './events/event-values.controller.js';
import { EventsController } from './events/events.controller.js';
import { ElsewhereController } from './http/elsewhere.controller.js';
import { FlowsController } from './flows/flows.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { PinsController } from './pins/pins.controller.js';
import { RefusalsController } from './refusals/refusals.controller.js';
import { RunsController } from './runs/runs.controller.js';
import { StepValuesController } from './runs/step-values.controller.js';
import { SettingsController } from './settings/settings.controller.js';
import { StatusController } from './status/status.controller.js';
import { VersionsController } from './versions/versions.controller.js';
import { changeStream, StreamController } from './stream/stream.controller.js';
import { StudioController } from './studio/studio.controller.js';
import { TestsController } from './tests/tests.controller.js';
import { TriggersController } from './triggers/triggers.controller.js';

@Module({})
class ControlModule {}

/** The control API under /api/v1, open to whoever has `token`, and the pages of the studio. */
export function controlModule(token: string): DynamicModule {
  return {
    module: ControlModule,
    controllers: [
      FlowsController,
      DraftsController,
      VersionsController,
      TestsController,
      PinsController,
      EventsController,
      EventValuesController,
      RefusalsController,
      RunsController,
      StepValuesController,
      DeadLettersController,
      OperationsController,
      AuditController,
      ComponentsController,
      CredentialsController,
      SchemesController,
      EndpointsController,
      KeyController,
      ActivityController,
      SettingsController,
      StatusController,
      TriggersController,
      SessionController,
      StreamController,
      OpenApiController,
      StudioController,
      ElsewhereController,
    ],
    providers: [
      { provide: ACCESS, useValue: createAccess(token) },
      Doorkeeper,
      ApiGuard,
      PageGuard,
      AuditTrail,
      AuditInterceptor,
      StoredGauges,
      changeStream,
    ],
  };
}
