import type { Type } from '@nestjs/common';
import type { ConfigSection } from '@relance/config';
import type { Service } from '@relance/events';
import type { Migrations, Rows, Tx } from '@relance/postgres';

/** What a service brings besides its Nest module. */
export interface ServiceParts {
  readonly migrations: Migrations;
  /** TypeORM entities of configuration tables. */
  readonly rows: Rows;
  readonly config: readonly ConfigSection[];
  /** A provider of the module that gives a new installation something to start with. */
  readonly starter?: Type<Starter>;
}

/** Makes the starter organisation's part of one service. Does nothing where there is something already. */
export interface Starter {
  seed(tx: Tx): Promise<void>;
}

/** A Nest module that is a service. */
export interface ServiceModule extends Type {
  readonly parts: ServiceParts;
}

/** Services to start in this process, by name. */
export type Services = Readonly<Partial<Record<Service, ServiceModule>>>;
