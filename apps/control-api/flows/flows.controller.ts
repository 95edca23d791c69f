import { Get, Inject, Param, Query } from '@nestjs/common';
import type { LiveEndpoint, LiveFlow } from '@millrace/catalog';
import { PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import { notFound } from '@millrace/platform';
import type { FlowEntity } from '@millrace/postgres';
import { flowsQuery, type FlowItem, type FlowList, type FlowView } from '../wire/flow.js';
import { flowItem, flowView, type ShownText } from './flow-view.js';

@ApiController('flows')
export class FlowsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** What is there now, or what was archived. */
  @Get()
  async list(@Query() query: unknown): Promise<FlowList> {
    const { archived = false } = flowsQuery.read(query);
    return { items: await (archived ? this.archivedItems() : this.items()) };
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
    const flow = notLive(stored);
    return { ...flowView(flow, await this.shown(flow), this.platform.publicUrl), state: stored.archived ? 'archived' : 'not-enabled' };
  }

  private items(): Promise<FlowItem[]> {
    const flows = [...this.platform.catalog.flows()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return Promise.all(flows.map(async (live) => flowItem(live, await this.shown(live), ...this.where(live))));
  }

  private async archivedItems(): Promise<FlowItem[]> {
    const flows = (await this.platform.flows.list()).filter(({ archived }) => archived).map(notLive);
    const item = async (flow: LiveFlow): Promise<FlowItem> => flowItem(flow, await this.shown(flow), this.platform.publicUrl);
    return Promise.all(flows.map(async (flow) => ({ ...(await item(flow)), state: 'archived' as const })));
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

/** A stored flow that takes no events, as one that does is shown. */
function notLive({ id, liveVersion, enabled, paused, problems }: FlowEntity): LiveFlow {
  return { id, version: liveVersion ?? 0, enabled: enabled && !paused, paused, problems, rules: undefined, credential: undefined };
}
