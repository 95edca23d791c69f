import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiError } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';

/** Refuses a path of which a part holds NUL: no name has it, and PostgreSQL takes it in no text (its documentation, 8.3). */
@Injectable()
export class ReadablePath implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Readonly<Record<string, string>> }>>();
    const unreadable = Object.entries(params).find(([, value]) => value.includes('\u0000'));
    if (!unreadable) return true;
    throw new ApiError(400, 'request.invalid', `The ${unreadable[0]} in the path has the character NUL, which no name has.`);
  }
}
