import { Get, Inject, Param } from '@nestjs/common';
import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import { PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import { notFound } from '@millrace/platform';
import type { FlowList, FlowView } from '../wire/flow.js';
import { flowItem, flowView, type ShownText } from './flow-view.js';

@ApiController('flows')
export class FlowsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** What is there now; archived flows are left out. */
  @Get()
  async list(): Promise<FlowList> {
    const flows = [...this.platform.catalog.flows()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return { items: await Promise.all(flows.map(async (live) => flowItem(live, await this.shown(live), ...this.where(live)))) };
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<FlowView> {
    const live = this.platform.catalog.flow(id);
    if (!live) return this.archived(id);
    return flowView(live, await this.shown(live), ...this.where(live));
  }

  private async archived(id: string): Promise<FlowView> {
    const stored = await this.platform.flows.find(id);
    if (!stored) throw notFound('flow', id.slice(0, 80));
    const { enabled, paused, problems } = stored;
    const flow = {
      id,
      version: stored.liveVersion ?? 0,
      enabled: enabled && !paused,
      paused,
      problems,
      rules: undefined,
      credential: undefined,
    };
    return { ...flowView(flow, await this.shown(flow), this.platform.publicUrl), state: stored.archived ? 'archived' : 'not-enabled' };
  }

  /** Where its events are sent to: its own URL, or the endpoint that it listens to. */
  private where({ endpoint }: LiveFlow): [string, LiveEndpoint | undefined] {
    const { publicUrl, catalog } = this.platform;
    return [publicUrl, endpoint === undefined ? undefined : catalog.endpoint(endpoint)];
  }

  private async shown({ id, version }: LiveFlow): Promise<ShownText | null> {
    const { flows, publisher } = this.platform;
    if (version > 0) return flows.version(id, version);
    // A file that cannot be read is among the problems already.
    const file = await publisher.current(id).catch(() => undefined);
    return file === undefined ? null : { text: file.text };
  }
}
