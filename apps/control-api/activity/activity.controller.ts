import { Get, Inject, Query } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { PostgresActivity, type FlowActivity } from '@millrace/postgres';
import { ApiController } from '../api-controller.js';
import { idTime } from '../wire/id-time.js';
import { activityQuery, type ActivityView, type FlowActivityView } from '../wire/activity.js';

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;

@ApiController('activity')
export class ActivityController {
  private readonly store: PostgresActivity;

  constructor(@Inject(PLATFORM) platform: Platform) {
    this.store = new PostgresActivity(platform.database.pool);
  }

  /** Whole hours, the current one included. */
  @Get()
  async activity(@Query() query: unknown): Promise<ActivityView> {
    const { hours = DEFAULT_HOURS } = activityQuery.read(query);
    const from = (Math.floor(Date.now() / HOUR_MS) - hours + 1) * HOUR_MS;
    const [flows, oldest] = await Promise.all([this.store.since(from, hours), this.store.oldestQueued()]);
    return {
      from: new Date(from).toISOString(),
      flows: flows.map(flowActivityView),
      oldestQueued: oldest ? { ...oldest, at: idTime(oldest.id) } : null,
    };
  }
}

function flowActivityView({ lastRun, lastFailure, failing, hours, ...rest }: FlowActivity): FlowActivityView {
  return {
    ...rest,
    hours: hours.map((cell) => ({ ...cell })),
    lastRun: lastRun && { ...lastRun, at: idTime(lastRun.id) },
    lastFailure: lastFailure && { ...lastFailure, at: idTime(lastFailure.id) },
    failing: failing && { runs: failing.runs, since: idTime(failing.since) },
  };
}
