import { Get } from '@nestjs/common';
import { ApiController } from '../api-controller.js';
import { openApiDocument } from './document.js';

@ApiController('openapi.json')
export class OpenApiController {
  private readonly document = openApiDocument();

  @Get()
  describe(): object {
    return this.document;
  }
}
