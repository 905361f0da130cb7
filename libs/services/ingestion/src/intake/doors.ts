import { Injectable } from '@nestjs/common';
import { Acceptance } from '../accept/acceptance.js';
import { EngagementAcceptance } from '../accept/engagement-acceptance.js';
import { SecretBox } from '../store/secret-box.js';
import { engagementDoor } from './engagement-door.js';
import { formAdapter, formPlace } from './form-adapter.js';
import type { Door } from './incoming.js';
import { leadDoor } from './lead-door.js';

/** Every way in. */
@Injectable()
export class Doors {
  constructor(
    private readonly acceptance: Acceptance,
    private readonly engagements: EngagementAcceptance,
    private readonly secrets: SecretBox,
  ) {}

  all(): readonly Door[] {
    return [leadDoor(formPlace, formAdapter, this.acceptance), engagementDoor(this.engagements, this.secrets)];
  }
}
