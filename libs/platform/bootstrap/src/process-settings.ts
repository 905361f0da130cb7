import type { ConfigOf } from '@relance/config';
import type { Logger } from '@relance/logging';
import type { relanceConfig } from '@relance/process';

/** What a process knows before it opens anything: complete, whether it was stated, made or found. */
export interface ProcessSettings {
  readonly stated: ConfigOf<typeof relanceConfig>;
  /** Parsed sections of the platform and of the services here, by their token. */
  readonly config: ReadonlyMap<symbol, unknown>;
  readonly databaseUrl: string;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly administratorToken: string;
  readonly logger: Logger;
}
