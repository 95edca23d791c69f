import { Get, Inject } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import { flowState } from '../flows/flow-view.js';
import { millraceVersion } from '../version.js';
import { readActive } from '@millrace/postgres';
import type { StatusView } from '../wire/status.js';

@ApiController('status')
export class StatusController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async status(): Promise<StatusView> {
    const { runs, openCollections } = await readActive(this.platform.database.pool);
    const { queued = 0, running = 0, waiting = 0, held = 0, behind = 0, paced = 0 } = runs;
    const uptime = process.uptime();
    return {
      version: millraceVersion(),
      startedAt: new Date(Date.now() - uptime * 1000).toISOString(),
      uptimeSeconds: Math.floor(uptime),
      publicUrl: this.platform.publicUrl,
      flows: this.flowCounts(),
      runs: { queued: queued + behind + paced, running, waiting, held },
      heldBack: { lanes: behind, rates: paced },
      openCollections,
    };
  }

  private flowCounts(): StatusView['flows'] {
    const states = this.platform.catalog.flows().map(flowState);
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    return { live: count('live'), paused: count('paused'), 'not-enabled': count('not-enabled') };
  }
}
