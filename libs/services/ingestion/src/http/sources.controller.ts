import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Roles } from '@relance/auth';
import { Installation } from '@relance/bootstrap';
import { InvalidInput, issuesOf } from '@relance/errors';
import { Idempotent, checkIfMatch, decodeCursor, encodeCursor, etagOf, pageOf, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import type { SourceKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import type { Tx } from '@relance/postgres';
import { RefusalRepository } from '../store/refusal.repository.js';
import type { Refusal } from '../store/refusal.repository.js';
import { SecretBox } from '../store/secret-box.js';
import { SourceCache } from '../store/source-cache.js';
import { SourceInUse, SourceNotFound } from '../store/source-errors.js';
import { SourceRepository } from '../store/source.repository.js';
import type { SourceDocument, StoredSource } from '../store/source.repository.js';
import { mergePatch } from './merge-patch.js';
import { newSecretSchema, newSourceSchema, sourceDocumentSchema, sourcePatchSchema } from './source-schemas.js';
import type { NewSecret, NewSource, SourcePatch } from './source-schemas.js';

/** A source as people see it; never its secret. */
export interface SourceView extends SourceDocument {
  readonly key: SourceKey;
  readonly intakeUrl: string;
  readonly hasSecret: boolean;
  /** Until when the secret before the present one is good. */
  readonly previousSecretUntil: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

@Controller('api/ingestion/sources')
export class SourcesController {
  constructor(
    private readonly db: Db,
    private readonly sources: SourceRepository,
    private readonly cache: SourceCache,
    private readonly secrets: SecretBox,
    private readonly refusals: RefusalRepository,
    private readonly installation: Installation,
  ) {}

  @Post()
  @Idempotent()
  async create(
    @Body({ schema: newSourceSchema }) body: NewSource,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SourceView> {
    const { key, secret, ...document } = body;
    const sealed = secret === undefined ? null : this.secrets.seal(secret, `source/${key}`);
    return this.shown(await this.changed((tx) => this.sources.insert(tx, key, document, sealed)), reply);
  }

  @Get()
  @Roles('administrator', 'manager', 'operator', 'reader')
  async list(@Query({ schema: pageSchema }) { limit, cursor }: PageQuery): Promise<Page<SourceView>> {
    const after = cursor === undefined ? '' : decodeCursor(z.string(), cursor);
    const page = pageOf(await this.sources.page(limit + 1, after), limit, (last) => encodeCursor(last.key));
    return { ...page, items: page.items.map((source) => this.view(source)) };
  }

  @Get(':key')
  @Roles('administrator', 'manager', 'operator', 'reader')
  async read(@Param('key') key: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<SourceView> {
    const source = await this.sources.find(key);
    if (!source) throw new SourceNotFound(key);
    return this.shown(source, reply);
  }

  @Patch(':key')
  async patch(
    @Param('key') key: string,
    @Body({ schema: sourcePatchSchema }) patch: SourcePatch,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SourceView> {
    const changed = await this.changed(async (tx) => {
      const source = await this.locked(tx, key, ifMatch);
      return this.sources.update(tx, source.key, patched(source, patch));
    });
    return this.shown(changed, reply);
  }

  @Delete(':key')
  @HttpCode(204)
  async delete(@Param('key') key: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    await this.changed(async (tx) => {
      const source = await this.locked(tx, key, ifMatch);
      if (!(await this.sources.deleteUnused(tx, source.key))) throw new SourceInUse(key);
    });
  }

  /** The present secret stays good for 24 hours, so that senders can be changed one by one. */
  @Post(':key/secret')
  @HttpCode(200)
  async rotateSecret(
    @Param('key') key: string,
    @Body({ schema: newSecretSchema }) { secret }: NewSecret,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SourceView> {
    const changed = await this.changed(async (tx) => {
      const source = await this.locked(tx, key, ifMatch);
      return this.sources.rotateSecret(tx, source.key, this.secrets.seal(secret, `source/${source.key}`));
    });
    return this.shown(changed, reply);
  }

  /** Deliveries that were refused lately, newest first. */
  @Get(':key/refusals')
  @Roles('administrator', 'manager', 'operator', 'reader')
  async refused(
    @Param('key') key: string,
    @Query({ schema: pageSchema }) { limit, cursor }: PageQuery,
  ): Promise<Page<Refusal>> {
    if (!(await this.sources.find(key))) throw new SourceNotFound(key);
    const before = cursor === undefined ? null : decodeCursor(z.number().int(), cursor);
    const page = pageOf(await this.refusals.page(key, limit + 1, before), limit, (last) => encodeCursor(last.id));
    return { ...page, items: page.items.map(({ id: _id, ...refusal }) => refusal) };
  }

  private async changed<Result>(change: (tx: Tx) => Promise<Result>): Promise<Result> {
    const result = await this.db.transaction(change);
    await this.cache.refresh();
    return result;
  }

  private async locked(tx: Tx, key: string, ifMatch: string | undefined): Promise<StoredSource> {
    const source = await this.sources.lock(tx, key);
    if (!source) throw new SourceNotFound(key);
    checkIfMatch(ifMatch, source.version);
    return source;
  }

  private shown(source: StoredSource, reply: FastifyReply): SourceView {
    void reply.header('etag', etagOf(source.version));
    return this.view(source);
  }

  private view(source: StoredSource): SourceView {
    const { key, kind, name, enabled, settings, mapping, defaults, version, createdAt, updatedAt } = source;
    return {
      key,
      kind,
      name,
      enabled,
      intakeUrl: `${this.installation.publicUrl}/in/forms/${key}`,
      settings,
      mapping,
      defaults,
      hasSecret: source.secret !== null,
      previousSecretUntil: source.previousSecretUntil,
      version,
      createdAt,
      updatedAt,
    };
  }
}

/** The document after the patch. What the patch cannot change must be as it is. @throws {InvalidInput} */
function patched(source: StoredSource, patch: SourcePatch): SourceDocument {
  const { kind, name, enabled, settings, mapping, defaults } = source;
  const { key = source.key, ...rest } = patch;
  const parsed = sourceDocumentSchema.safeParse(mergePatch({ kind, name, enabled, settings, mapping, defaults }, rest));
  const issues = parsed.success ? [] : issuesOf(parsed.error.issues);
  if (key !== source.key) issues.push({ pointer: '/key', code: 'fixed', message: 'cannot be changed' });
  if (parsed.success && parsed.data.kind !== kind)
    issues.push({ pointer: '/kind', code: 'fixed', message: 'cannot be changed' });
  if (!parsed.success || issues.length > 0) throw new InvalidInput(issues);
  return parsed.data;
}
