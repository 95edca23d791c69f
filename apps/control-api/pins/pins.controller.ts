import { Delete, Get, Inject, Param, Put, Req } from '@nestjs/common';
import type { Json } from '@millrace/component-sdk';
import { stepIdPattern } from '@millrace/flow';
import { ApiError, PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { Audited, type Deed, type Done } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import { checkFlowId } from '../flows/flow-id.js';
import { pinView } from '../tests/test-view.js';
import { sizeOf } from '../values/size-of.js';
import { pinBody, type PinList, type PinView } from '../wire/test.js';

/** Of a pinned output, in UTF-16 units of its JSON. */
const LARGEST = 1024 * 1024;
/** As many as a flow may have steps. */
const MOST = 1000;

/** Samples that tests take in place of doing a step. No run that is not a test ever sees one. */
@ApiController('flows/:id/pins')
export class PinsController {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  @Get()
  async list(@Param('id') id: string): Promise<PinList> {
    checkFlowId(id);
    return { items: (await this.platform.pins.list(id)).map(pinView) };
  }

  @Put(':step')
  @Audited('pin.kept', ofStep)
  async pin(@Param('id') id: string, @Param('step') step: string, @Req() { raw }: FastifyRequest): Promise<PinView> {
    checkFlowId(id);
    checkStep(step);
    const output = (await pinBody.read(raw)).output as Json;
    if (sizeOf(output) > LARGEST) {
      throw new ApiError(413, 'pin.too-large', 'A pinned output has at most 1 MB of JSON. Pin a smaller sample of it.');
    }
    if ((await this.platform.pins.countBeside(id, step)) >= MOST) {
      throw new ApiError(
        422,
        'pin.too-many',
        `${MOST} outputs of ${id} are pinned, and no more are possible. Unpin some that are not needed.`,
      );
    }
    return pinView(await this.platform.pins.pin(id, step, output));
  }

  @Delete(':step')
  @Audited('pin.removed', (done: Done<{ readonly unpinned: boolean }>) => (done.answer.unpinned ? ofStep(done) : undefined))
  async unpin(@Param('id') id: string, @Param('step') step: string): Promise<{ unpinned: boolean }> {
    checkFlowId(id);
    return { unpinned: await this.platform.pins.unpin(id, step) };
  }
}

function ofStep({ params }: Done<unknown>): Deed {
  return { subject: params['id']!, details: { step: params['step']! } };
}

function checkStep(step: string): void {
  if (new RegExp(stepIdPattern).test(step)) return;
  throw new ApiError(
    400,
    'request.invalid',
    `The id of a step is a lower-case letter, then letters, digits and underscores, not ${JSON.stringify(step.slice(0, 80))}.`,
  );
}
