import { Inject, Injectable } from '@nestjs/common';
import { ApiError, bearerOf, PLATFORM, SignedIn, type Platform } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/trail.js';
import { ACCESS, type Access } from './access.js';
import { cookie, sessionCookie } from './cookies.js';
import { isOwnHost, isSecure } from './host.js';

/** A header that a page of another site cannot send without our consent (it would need a CORS preflight, which nobody answers). */
const PROOF_HEADER = 'x-millrace';

/** What the guards ask of a request. Each check throws what the caller is told. */
@Injectable()
export class Doorkeeper {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ACCESS) private readonly access: Access,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  checkHost({ headers }: FastifyRequest): void {
    const { host, publicUrl } = this.platform.config;
    if (isOwnHost(headers.host, { host, publicUrl })) return;
    const advice = 'Use http://localhost, or set MILLRACE_PUBLIC_URL to the address you use.';
    throw new ApiError(421, 'host.not-allowed', `This server listens for its own machine only. ${advice}`);
  }

  /** A token in the URL becomes a cookie, and the browser goes on to the same URL without it. */
  signIn(request: FastifyRequest): void {
    const { url, headers } = request;
    const target = new URL(url, 'http://localhost');
    const token = target.searchParams.get('token');
    if (token === null) return;
    if (!this.access.isToken(token)) throw unauthorized('The token in this link is not the token of this server.');
    target.searchParams.delete('token');
    const secure = isSecure(headers.host, this.platform.config.publicUrl);
    void this.trail.keep('session.begun', { subject: null }, request);
    throw new SignedIn(`${target.pathname}${target.search}`, sessionCookie(this.access.session, secure));
  }

  isSignedIn({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
    return this.access.isSession(cookie(headers.cookie) ?? '');
  }

  authorize({ method, headers }: FastifyRequest): void {
    const bearer = bearerOf(headers);
    if (bearer !== undefined && this.access.isToken(bearer)) return;
    if (headers.authorization !== undefined) throw unauthorized('The Authorization header does not hold the token of this server.');
    if (!this.isSignedIn({ headers })) throw unauthorized('The control API needs its token.');
    if (method === 'GET' || method === 'HEAD' || headers[PROOF_HEADER] === '1') return;
    throw new ApiError(403, 'request.unproven', `A browser that changes something must send the header ${PROOF_HEADER}: 1.`);
  }
}

const WHERE = [
  'It is in MILLRACE_TOKEN or in the file $MILLRACE_HOME/token, and npm start prints it.',
  'Send it as "Authorization: Bearer …", or open this URL once with ?token=… added.',
].join(' ');

/** RFC 9110, 15.5.2 wants a challenge with each 401. */
function unauthorized(reason: string): ApiError {
  return new ApiError(401, 'api.unauthorized', `${reason} ${WHERE}`, { 'www-authenticate': 'Bearer realm="millrace"' });
}
