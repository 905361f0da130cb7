import type { Track } from '@relance/api';

/** What a new installation sends: one letter, an hour after the lead came, once its day is open. */
export const starterTrack: Track = {
  name: 'Welcome',
  steps: [{ wait: 'PT1H' }, { email: { template: 'welcome' } }, { exit: true }],
  templates: {
    welcome: {
      en: {
        subject: 'Thank you for getting in touch, {{firstName|and welcome}}',
        text: `Hello {{firstName|there}},

Thank you for your interest. We have received your message and keep it at hand.

When you are ready to take the next step, simply answer this letter: a person reads it.

Kind regards`,
      },
      fr: {
        subject: 'Merci de nous avoir contactés, {{firstName|et bienvenue}}',
        text: `Bonjour {{firstName|et bienvenue}},

Merci de votre intérêt. Nous avons bien reçu votre message et le gardons sous la main.

Quand vous serez prêt à aller plus loin, répondez simplement à ce message : quelqu’un le lira.

Bien cordialement`,
      },
    },
  },
};
