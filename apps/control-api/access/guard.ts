import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Doorkeeper } from './doorkeeper.js';

/**
 * Lets a request to the control API through when it carries the token (`Authorization: Bearer …`) or the cookie of a
 * browser that signed in. Any GET with `?token=…` signs a browser in: it sets the cookie and redirects to the same URL
 * without the token, so that the token does not stay in the address bar.
 *
 * With the cookie alone, whatever changes something also needs the header `x-millrace: 1`: a cookie comes along by
 * itself, from forms of other sites too, the header does not.
 */
@Injectable()
export class ApiGuard implements CanActivate {
  constructor(@Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.doorkeeper.checkHost(request);
    if (request.method === 'GET') this.doorkeeper.signIn(request);
    this.doorkeeper.authorize(request);
    return true;
  }
}

/**
 * For the pages of the studio, which hold nothing secret: a link with `?token=…` signs in here too, and the page itself
 * comes without a token, since it is the page that asks for one.
 */
@Injectable()
export class PageGuard implements CanActivate {
  constructor(@Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.doorkeeper.checkHost(request);
    this.doorkeeper.signIn(request);
    return true;
  }
}
