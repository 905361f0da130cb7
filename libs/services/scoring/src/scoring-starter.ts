import { Injectable } from '@nestjs/common';
import type { Starter } from '@relance/bootstrap';
import type { Tx } from '@relance/postgres';
import { definitionHash } from './decide/definition-hash.js';
import { starterDefinition } from './decide/starter-definition.js';
import { DefinitionRepository } from './store/definition.repository.js';

/** Puts the starter definition in force where there is none, so that leads can be scored from the first minute. */
@Injectable()
export class ScoringStarter implements Starter {
  constructor(private readonly definitions: DefinitionRepository) {}

  async seed(tx: Tx): Promise<void> {
    await this.definitions.putStarter(tx, starterDefinition, definitionHash(starterDefinition));
  }
}
