import { statfs } from 'node:fs/promises';
import { Get, Inject, Query } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { PostgresActivity, PostgresHealthSamples, type FlowActivity } from '@millrace/postgres';
import { ApiController } from '../api-controller.js';
import { idTime } from '../wire/id-time.js';
import { wholeHours } from './whole-hours.js';
import { activityQuery, type ActivityView, type FlowActivityView } from '../wire/activity.js';

@ApiController('activity')
export class ActivityController {
  private readonly store: PostgresActivity;
  private readonly samples: PostgresHealthSamples;
  private readonly home: string;

  constructor(@Inject(PLATFORM) { database, config }: Platform) {
    this.store = new PostgresActivity(database.pool);
    this.samples = new PostgresHealthSamples(database.pool);
    this.home = config.home;
  }

  /** Whole hours, the current one included. */
  @Get()
  async activity(@Query() query: unknown): Promise<ActivityView> {
    const { from, hours } = wholeHours(activityQuery.read(query).hours);
    const { store } = this;
    const [flows, oldest, delivery, retries, questions, samples, databaseBytes, freeBytes] = await Promise.all([
      store.since(from, hours),
      store.oldestQueued(),
      store.delivery(from),
      store.retries(),
      store.questions(),
      this.samples.since(from),
      store.databaseBytes(),
      freeOn(this.home),
    ]);
    return {
      from: new Date(from).toISOString(),
      flows: flows.map(flowActivityView),
      delivery,
      retries,
      questions,
      storage: { freeBytes, databaseBytes },
      samples: samples.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest })),
      oldestQueued: oldest ? { ...oldest, at: idTime(oldest.id) } : null,
    };
  }
}

/** Bytes that may still be written to the disk of a folder. */
async function freeOn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
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
