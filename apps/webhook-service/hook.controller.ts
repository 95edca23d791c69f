import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './door/answers.js';
import { FrontDoor } from './door/front-door.js';

/** `/flows/:id/hook`: the private endpoint of a flow. */
@Controller()
export class HookController {
  constructor(@Inject(FrontDoor) private readonly door: FrontDoor) {}

  @All('flows/:id/hook')
  async receive(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.door.receive(id, request.raw));
  }
}

function send(reply: FastifyReply, { status, headers, body }: Answer): void {
  void reply.code(status).headers(headers).send(body);
}
