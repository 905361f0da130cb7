import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '@relance/errors';
import { pageOfAll, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { memberKeySchema } from '@relance/lead';
import { Roles } from './access.js';
import { roleSchema } from './caller.js';
import { Tokens } from './tokens.js';
import type { TokenListed } from './tokens.js';

const newTokenSchema = z
  .strictObject({ name: z.string().trim().min(1).max(200), role: roleSchema, member: memberKeySchema.optional() })
  .refine((token) => token.role !== 'rep' || token.member !== undefined, {
    path: ['member'],
    message: 'a rep acts for a member: name one',
  });

class TokenNotFound extends AppError {
  readonly code = 'auth.token-not-found';
  readonly kind = 'not-found';

  constructor(id: string) {
    super('There is no such token', { id });
  }
}

/** API tokens for machines. A token is shown once, when it is made. */
@Controller('api/desk/tokens')
@Roles('administrator')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  async create(@Body({ schema: newTokenSchema }) request: z.infer<typeof newTokenSchema>): Promise<object> {
    const { id, token } = await this.tokens.create(request);
    return {
      id,
      token,
      name: request.name,
      role: request.role,
      ...(request.member === undefined ? {} : { member: request.member }),
    };
  }

  @Get()
  async list(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<TokenListed>> {
    return pageOfAll(await this.tokens.list(), page, ({ id }) => id);
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id', { schema: z.uuid() }) id: string): Promise<void> {
    if (!(await this.tokens.revoke(id))) throw new TokenNotFound(id);
  }
}
