import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { JsonAnswer } from '@millrace/platform';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { ApiGuard } from './access/guard.js';
import { KnownParameters } from './http/known-parameters.js';
import { ReadablePath } from './http/readable-path.js';

/** A controller below /api/v1: nobody gets in without the token, it answers JSON, and what it changes is kept in the audit log. */
export function ApiController(path = ''): ClassDecorator {
  return applyDecorators(
    Controller(`api/v1/${path}`),
    UseGuards(ApiGuard, ReadablePath, KnownParameters),
    UseInterceptors(JsonAnswer, AuditInterceptor),
  );
}
