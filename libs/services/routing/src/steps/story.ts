import { announceDerived, announceNew } from '@relance/events';
import type { Announcement, Envelope, EventDefinition } from '@relance/events';

/** How facts about one lead are announced: as what follows from an event, or as something a person or a clock did. */
export interface Story {
  tell<Data>(definition: EventDefinition<string, Data>, data: Data): Announcement;
}

/** Facts that follow from an event: a repeated step says the same ones. */
export function storyAfter(event: Envelope, step: string, now: Date): Story {
  const said = new Map<string, number>();
  return {
    tell: (definition, data) => {
      const index = said.get(definition.type) ?? 0;
      said.set(definition.type, index + 1);
      return announceDerived(definition, { data, by: 'routing', at: now }, event, step, index);
    },
  };
}

/** Facts that somebody made, or that time made. */
export function newStory(correlationId: string | null, now: Date): Story {
  return {
    tell: (definition, data) => announceNew(definition, { data, by: 'routing', at: now }, correlationId ?? undefined),
  };
}
