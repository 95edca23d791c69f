import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { JsonAnswer } from '@millrace/platform';
import { ApiGuard } from './access/guard.js';
import { KnownParameters } from './http/known-parameters.js';
import { ReadablePath } from './http/readable-path.js';

/** A controller below /api/v1: nobody gets in without the token, and it answers JSON. */
export function ApiController(path = ''): ClassDecorator {
  return applyDecorators(Controller(`api/v1/${path}`), UseGuards(ApiGuard, ReadablePath, KnownParameters), UseInterceptors(JsonAnswer));
}
