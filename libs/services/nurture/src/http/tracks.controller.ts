import { Body, Controller, Get, Headers, Inject, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { trackSchema } from '@relance/api';
import type { Track, TrackView } from '@relance/api';
import { Roles } from '@relance/auth';
import type { ConfigOf } from '@relance/config';
import { checkIfMatch, etagOf, pageOfAll, pageSchema } from '@relance/http';
import type { Page, PageQuery } from '@relance/http';
import { trackKeySchema } from '@relance/lead';
import type { TrackKey } from '@relance/lead';
import { Db } from '@relance/postgres';
import { nurtureConfig } from '../nurture.config.js';
import { TrackRepository } from '../store/track.repository.js';

@Controller('api/nurture/tracks')
export class TracksController {
  constructor(
    private readonly db: Db,
    private readonly tracks: TrackRepository,
    @Inject(nurtureConfig.token) private readonly config: ConfigOf<typeof nurtureConfig>,
  ) {}

  @Get()
  @Roles('administrator', 'manager', 'rep', 'operator', 'reader')
  async list(@Query({ schema: pageSchema }) page: PageQuery): Promise<Page<TrackView>> {
    const tracks = await this.db.transaction((tx) => this.tracks.inForce(tx));
    const views = [...tracks.values()].map(({ key, version, track }) => this.view(key, version, track));
    return pageOfAll(views, page, ({ key }) => key);
  }

  /** Puts a new version in force for those who come from now on; who is inside keeps theirs. */
  @Put(':key')
  @Roles('administrator', 'manager')
  async replace(
    @Param('key', { schema: trackKeySchema }) key: TrackKey,
    @Body({ schema: trackSchema }) track: Track,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TrackView> {
    const version = await this.db.transaction((tx) =>
      this.tracks.replace(tx, key, track, (current) => checkIfMatch(ifMatch, current)),
    );
    void reply.status(version === 1 ? 201 : 200).header('etag', etagOf(version));
    return this.view(key, version, track);
  }

  private view(key: TrackKey, version: number, track: Track): TrackView {
    return { key, version, isDefault: key === this.config.NURTURE_DEFAULT_TRACK, ...track };
  }
}
