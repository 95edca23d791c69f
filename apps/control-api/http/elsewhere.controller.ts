import { All, NotFoundException, Req } from '@nestjs/common';
import { ApiError } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { ApiController } from '../api-controller.js';
import { methodsAt } from './methods-at.js';

/** What no other controller takes: a path that is asked in the wrong way is told so (RFC 9110, 15.5.6), any other is not there. */
@ApiController()
export class ElsewhereController {
  @All('*')
  refuse(@Req() { method, url }: FastifyRequest): never {
    const methods = methodsAt(url.split('?', 1)[0] ?? '');
    if (methods.length === 0) throw new NotFoundException();
    const allow = methods.join(', ');
    throw new ApiError(405, 'method.not-allowed', `This URL takes ${allow}, not ${method}.`, { allow });
  }
}
