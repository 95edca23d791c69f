import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { AUDIT, type Audit } from './audited.js';
import { AuditTrail } from './trail.js';

/** Keeps what `@Audited` handlers did, before they are answered: whoever asked can look it up. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  intercept(context: ExecutionContext, handler: CallHandler): Observable<unknown> {
    const audit = this.reflector.get<Audit | undefined>(AUDIT, context.getHandler());
    if (audit === undefined) return handler.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return handler.handle().pipe(mergeMap((answer: unknown) => this.keep(audit, request, answer)));
  }

  private async keep({ action, deed }: Audit, request: FastifyRequest, answer: unknown): Promise<unknown> {
    const params = request.params as Readonly<Record<string, string>>;
    const done = deed({ params, answer: answer as never });
    if (done !== undefined) await this.trail.keep(action, done, request);
    return answer;
  }
}
