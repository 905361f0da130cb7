export { leadListItemSchema, leadListQuerySchema, leadStorySchema, timelineEntrySchema } from './desk.js';
export type { LeadListItem, LeadListQuery, LeadStory } from './desk.js';
export {
  leadScoreViewSchema,
  scoreReasonViewSchema,
  scoreViewSchema,
  scoringDefinitionListItemSchema,
  scoringDefinitionSchema,
  scoringDefinitionViewSchema,
  scoringPreviewRequestSchema,
  scoringPreviewViewSchema,
} from './scoring.js';
export type {
  LeadScoreView,
  ScoreReasonView,
  ScoreView,
  ScoringDefinition,
  ScoringDefinitionListItem,
  ScoringDefinitionView,
  ScoringPreviewRequest,
  ScoringPreviewView,
} from './scoring.js';
export {
  enrolmentViewSchema,
  letterFields,
  letterTemplateSchema,
  nurtureQuerySchema,
  sendViewSchema,
  suppressionReasonSchema,
  suppressionRequestSchema,
  suppressionViewSchema,
  trackSchema,
  trackStepSchema,
  trackViewSchema,
} from './nurture.js';
export type {
  EnrolmentView,
  LetterField,
  LetterTemplate,
  NurtureQuery,
  SendView,
  SuppressionReason,
  SuppressionRequest,
  SuppressionView,
  Track,
  TrackStep,
  TrackView,
} from './nurture.js';
