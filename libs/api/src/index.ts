export { leadListItemSchema, leadListQuerySchema, leadStorySchema, timelineEntrySchema } from './desk.js';
export type { LeadListItem, LeadListQuery, LeadStory } from './desk.js';
