import { Get, Inject, Param } from '@nestjs/common';
import { ApiError, PLATFORM, type Platform } from '@millrace/platform';
import { ApiController } from '../api-controller.js';
import type { FlowVersionView } from '../wire/flow-version.js';

@ApiController('flows/:id/versions')
export class FlowVersionsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** Runs stay on their version, so that a page that shows one needs that text, whatever is live. */
  @Get(':version')
  async get(@Param('id') id: string, @Param('version') number: string): Promise<FlowVersionView> {
    const version = /^[1-9]\d{0,8}$/.test(number) ? await this.platform.flows.version(id, Number(number)) : null;
    if (!version) throw new ApiError(404, 'version.not-found', `There is no version ${number.slice(0, 20)} of flow ${id.slice(0, 80)}.`);
    return { flowId: id, version: version.version, publishedAt: version.createdAt.toISOString(), text: version.text };
  }
}
