import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { routedOrigin } from './door/arrival.js';
import { StatusDoor } from './status/status-door.js';

/** `/runs/:run/:signature`: where a caller who waited in vain learns what the run answered. */
@Controller()
export class StatusController {
  constructor(@Inject(StatusDoor) private readonly door: StatusDoor) {}

  @All('runs/:runId/:signature')
  async receive(
    @Param('runId') runId: string,
    @Param('signature') signature: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { status, headers, body } = await this.door.receive({ runId, signature }, request.raw, routedOrigin(request, reply));
    void reply.code(status).headers(headers).send(body);
  }
}
