import { Delete, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Audited } from '../audit/audited.js';
import { ApiController } from '../api-controller.js';
import type { SessionView } from '../wire/session.js';
import { ACCESS, type Access } from './access.js';
import { expiredCookie, sessionCookie } from './cookies.js';
import { isSecure } from './host.js';

/** Signing in and out from a page: the guard has checked the token (or the session) before. */
@ApiController('session')
export class SessionController {
  constructor(
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(ACCESS) private readonly access: Access,
  ) {}

  @Post()
  @Audited('session.begun', () => ({ subject: null }))
  @HttpCode(200)
  signIn(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): SessionView {
    void reply.header('set-cookie', sessionCookie(this.access.session, this.secure(request)));
    return { signedIn: true };
  }

  @Delete()
  @Audited('session.ended', () => ({ subject: null }))
  signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): SessionView {
    void reply.header('set-cookie', expiredCookie(this.secure(request)));
    return { signedIn: false };
  }

  private secure({ headers }: FastifyRequest): boolean {
    return isSecure(headers.host, this.platform.config.publicUrl);
  }
}
