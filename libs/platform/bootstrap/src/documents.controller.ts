import { Controller, Get } from '@nestjs/common';
import { Roles } from '@relance/auth';
import { asyncApi } from '@relance/events';
import { OpenApi } from './open-api.js';

/** How to speak with this process, from the schemas that validate what is said. */
@Controller('api')
@Roles('administrator', 'manager', 'rep', 'operator', 'reader')
export class DocumentsController {
  constructor(private readonly openApi: OpenApi) {}

  @Get('docs')
  docs(): object {
    return this.openApi.document();
  }

  @Get('events')
  events(): object {
    return asyncApi();
  }
}
