import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/** On every answer: they are for one person, at one moment, and never anything but JSON. */
export const API_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

/** Indented where a browser asks, for a person will read it. */
export function jsonText(value: unknown, accept: string | undefined): string {
  return JSON.stringify(value, null, accept?.includes('text/html') ? 2 : undefined);
}

/** What a handler returns, as JSON. */
@Injectable()
export class JsonAnswer implements NestInterceptor {
  intercept(context: ExecutionContext, handler: CallHandler): Observable<string> {
    const http = context.switchToHttp();
    const { accept } = http.getRequest<FastifyRequest>().headers;
    return handler.handle().pipe(
      map((value: unknown) => {
        http.getResponse<FastifyReply>().headers(API_HEADERS);
        return jsonText(value, accept);
      }),
    );
  }
}
