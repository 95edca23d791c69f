import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { operations } from '../openapi/operations.js';
import { defineQuery } from '../wire/query.js';

const routeOf = (method: string, path: string): string => `${method.toUpperCase()} ${path}`;

/** Routes that are described without parameters, as the router knows them. */
const BARE: ReadonlySet<string> = new Set(
  operations.filter(({ query }) => query === undefined).map(({ method, path }) => routeOf(method, path.replace(/\{(\w+)\}/g, ':$1'))),
);

const nothing = defineQuery({});

/**
 * Refuses query parameters where the table of operations has none; routes that have some refuse others as they read theirs. What is
 * misspelt, or meant for another list, is told and not ignored.
 */
@Injectable()
export class KnownParameters implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, query, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (BARE.has(routeOf(method === 'HEAD' ? 'GET' : method, routeOptions.url ?? ''))) nothing.read(query);
    return true;
  }
}
