import { Inject, Injectable } from '@nestjs/common';
import { newId, PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyRequest } from 'fastify';
import { auditSentence, type AuditAction } from './actions.js';
import { actorOf, actorText, type Actor } from './actor.js';
import type { Deed } from './audited.js';

/** Writes down who did what, in the log and where it can be asked for. */
@Injectable()
export class AuditTrail {
  constructor(@Inject(PLATFORM) private readonly platform: Platform) {}

  /** Resolves when it is kept. Never rejects: what was done is done, and the log says it in any case. */
  async keep(action: AuditAction, { subject, details = {} }: Deed, request: Pick<FastifyRequest, 'headers' | 'ip'>): Promise<void> {
    const { auditLog, log } = this.platform;
    const actor = byWay(action, actorOf(request));
    log.info(`${auditSentence({ action, subject, details })} (${actorText(actor)})`);
    await auditLog.keep({ id: newId(), action, subject, details, ...actor }).catch((error: unknown) => {
      log.error({ reason: (error as Error).message, action }, 'An entry of the audit log could not be kept');
    });
  }
}

/** Only a browser has a session, although it shows the token to get one. */
function byWay(action: AuditAction, actor: Actor): Actor {
  return action.startsWith('session.') ? { ...actor, via: 'studio' } : actor;
}
