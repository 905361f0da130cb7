import { configSection, wholeNumber } from '@relance/config';

export const routingConfig = configSection('routing', {
  ROUTING_MAX_REASSIGNMENTS: {
    schema: wholeNumber({ min: 0, max: 100, default: 3 }),
    about: 'times that silence moves a lead on in one round before a manager takes it',
    example: '3',
  },
  ROUTING_REST_DAYS: {
    schema: wholeNumber({ min: 0, max: 3650, default: 14 }),
    about: 'days that a lead returned to marketing without a date is not brought back by its score alone',
    example: '14',
  },
});
