import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';
import { Public, Roles } from '@relance/auth';
import { HealthChecks } from './health-checks.js';

/** Open, so that supervisors and load balancers need no token: it tells names of parts, never what they hold. */
@Controller()
export class HealthController {
  constructor(private readonly health: HealthChecks) {}

  @Get('health/live')
  @Public()
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public()
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { isReady, checks } = await this.health.run();
    await reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not-ready', checks });
  }

  @Get('metrics')
  @Roles('administrator', 'operator', 'metrics')
  @Header('content-type', register.contentType)
  async metrics(): Promise<string> {
    return register.metrics();
  }
}
