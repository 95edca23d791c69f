import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { routedOrigin } from './door/arrival.js';
import { ResumeDoor } from './resume/resume-door.js';

/** `/resume/:run/:step/:signature`: where a step that waits for a request is told to go on. */
@Controller()
export class ResumeController {
  constructor(@Inject(ResumeDoor) private readonly door: ResumeDoor) {}

  @All('resume/:runId/:path/:signature')
  async receive(
    @Param('runId') runId: string,
    @Param('path') path: string,
    @Param('signature') signature: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { status, headers, body } = await this.door.receive({ runId, path, signature }, request.raw, routedOrigin(request, reply));
    void reply.code(status).headers(headers).send(body);
  }
}
