import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './door/answers.js';
import { routedOrigin } from './door/arrival.js';
import { FrontDoor } from './door/front-door.js';

/** `/flows/:id/hook`, the private endpoint of a flow, and `/endpoints/:name`, which several flows may listen to. */
@Controller()
export class HookController {
  constructor(@Inject(FrontDoor) private readonly door: FrontDoor) {}

  @All('flows/:id/hook')
  async receive(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.door.receive(id, request.raw, routedOrigin(request, reply)));
  }

  @All('endpoints/:name')
  async receiveShared(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.door.receiveShared(name, request.raw, routedOrigin(request, reply)));
  }
}

function send(reply: FastifyReply, { status, headers, body }: Answer): void {
  void reply.code(status).headers(headers).send(body);
}
