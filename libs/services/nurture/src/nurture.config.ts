import { z } from 'zod';
import { configSection, wholeNumber } from '@relance/config';
import { timeZoneSchema } from '@relance/working-time';

export const nurtureConfig = configSection('nurture', {
  NURTURE_DEFAULT_TRACK: {
    schema: z.string().default('welcome'),
    about: 'track for leads that routing sends to marketing without naming one',
    example: 'welcome',
  },
  NURTURE_TIME_ZONE: {
    schema: timeZoneSchema.default('UTC'),
    about: 'zone of leads whose country is not known or spans several',
    example: 'Europe/Paris',
  },
  NURTURE_POSTAL_ADDRESS: {
    schema: z.string().max(500).optional(),
    about: 'your postal address, at the foot of every letter; many countries demand one',
    example: 'Example SAS, 1 rue de Rivoli, 75001 Paris',
  },
  NURTURE_LEGAL_GROUND: {
    schema: z.enum(['consent', 'legitimate-interest']).default('consent'),
    about: 'why you may write: consent given for marketing, or an interest of yours that you have weighed',
    example: 'consent',
  },
  NURTURE_LETTERS_PER_DAY: {
    schema: wholeNumber({ min: 1, max: 100, default: 1 }),
    about: 'letters that one person gets within 24 hours, all tracks together',
    example: '1',
  },
  NURTURE_LETTERS_PER_WEEK: {
    schema: wholeNumber({ min: 1, max: 100, default: 2 }),
    about: 'letters that one person gets within seven days, all tracks together',
    example: '2',
  },
});
