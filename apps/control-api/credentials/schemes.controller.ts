import { Get } from '@nestjs/common';
import { listSchemes } from '@millrace/credentials';
import { ApiController } from '../api-controller.js';
import type { SchemeList } from '../wire/scheme.js';

/** How vendors sign, to choose from where a credential is made. */
@ApiController('schemes')
export class SchemesController {
  @Get()
  list(): SchemeList {
    return { items: listSchemes().map(({ aliases, ...scheme }) => ({ ...scheme, aliases: [...aliases] })) };
  }
}
