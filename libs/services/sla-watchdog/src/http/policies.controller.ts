import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CallerOf, Roles } from '@relance/auth';
import type { Caller } from '@relance/auth';
import { AppError, InvalidInput } from '@relance/errors';
import { checkIfMatch, etagOf, pageOfAll, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { policyKeySchema } from '@relance/lead';
import type { PolicyKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import { policySchema } from '../decide/policy.js';
import type { Policy, PolicyVersion } from '../decide/policy.js';
import { PolicyRepository } from '../store/policy.repository.js';

class PolicyNotFound extends AppError {
  readonly code = 'sla.policy-not-found';
  readonly kind = 'not-found';

  constructor(key: PolicyKey) {
    super(`There is no policy ${key}`, { key });
  }
}

/** A policy as it is shown: its version beside what was written. */
export type PolicyView = { key: PolicyKey; version: number; position: number } & Omit<Policy, 'key' | 'position'>;

/** What is promised. Writing makes the next version; clocks that run keep theirs. */
@Controller('api/sla/policies')
export class PoliciesController {
  constructor(
    private readonly db: Db,
    private readonly policies: PolicyRepository,
  ) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<PolicyView>> {
    const versions = await this.db.transaction((tx) => this.policies.list(tx));
    return pageOfAll(versions.map(viewOf), page, ({ key }) => key);
  }

  @Get(':key')
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async get(
    @Param('key', { schema: policyKeySchema }) key: PolicyKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView> {
    const version = await this.db.transaction((tx) => this.policies.get(tx, key));
    if (!version) throw new PolicyNotFound(key);
    void reply.header('etag', etagOf(version.version));
    return viewOf(version);
  }

  @Put(':key')
  @Roles('administrator', 'operator')
  async put(
    @Param('key', { schema: policyKeySchema }) key: PolicyKey,
    @Body({ schema: policySchema }) policy: Policy,
    @Headers('if-match') ifMatch: string | undefined,
    @CallerOf() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView> {
    if (policy.key !== undefined && policy.key !== key) {
      throw new InvalidInput([
        { pointer: '/key', code: 'not-the-path', message: `is not ${key}, the key of the path` },
      ]);
    }
    const written = await this.db.transaction(async (tx) => {
      checkIfMatch(ifMatch, await this.policies.lock(tx, key));
      return this.policies.put(tx, key, policy, caller.member ?? caller.role);
    });
    void reply.status(written.version === 1 ? 201 : 200).header('etag', etagOf(written.version));
    return viewOf(written);
  }
}

function viewOf({ key, version, position, policy }: PolicyVersion): PolicyView {
  const { key: _key, position: _position, ...written } = policy;
  return { key, version, position, ...written };
}
