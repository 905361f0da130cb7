import type { ScoringDefinition } from '@relance/api';
import type { Condition } from '@relance/rules';

const title = 'person.jobTitle';

const titleContains = (...parts: string[]): Condition[] =>
  parts.map((value) => ({ field: title, operator: 'contains', value }));

const titleBegins = (...parts: string[]): Condition[] =>
  parts.map((value) => ({ field: title, operator: 'beginsWith', value }));

const any = (...rules: Condition[]): Condition => ({ combinator: 'or', rules });

const both = (...rules: Condition[]): Condition => ({ combinator: 'and', rules });

const none = (...rules: Condition[]): Condition => ({ combinator: 'or', not: true, rules });

const isAssistant = titleContains('assistant', 'trainee', 'stagiaire', 'apprenti');

const isAtTheTop: Condition[] = [
  {
    field: title,
    operator: 'in',
    value: ['CEO', 'COO', 'CFO', 'CMO', 'CTO', 'CIO', 'VP', 'PDG', 'DG', 'DAF', 'DSI', 'DRH'],
  },
  ...titleBegins('CEO ', 'COO ', 'CFO ', 'CMO ', 'CTO ', 'CIO ', 'VP ', 'PDG ', 'DG ', 'DAF ', 'DSI ', 'DRH '),
  ...titleContains('chief ', 'founder', 'fondateur', 'fondatrice', 'owner', 'president', 'président', 'gérant'),
  ...titleContains('dirigeant', 'managing director', 'director', 'directeur', 'directrice', 'head of'),
];

const isInCharge: Condition[] = titleContains('manager', 'responsable', 'team lead', 'chef de', 'supervisor');

/**
 * What a new installation calls a qualified lead until marketing and sales have signed their own: companies of ten
 * people and more in Europe and North America that asked to be called, or fit and came back.
 *
 * Without a question to be contacted, a form alone is never enough: it gives less engagement than the threshold.
 */
export const starterDefinition: ScoringDefinition = {
  name: 'Starter definition',
  required: [
    { key: 'name', label: 'A name', anyOf: ['person.fullName', 'person.lastName', 'person.firstName'] },
    { key: 'contact', label: 'A way to reach them', anyOf: ['person.email', 'person.phone'] },
    { key: 'company', label: 'A company', anyOf: ['company.name'] },
  ],
  fit: [
    {
      key: 'decides',
      label: 'Decides on budgets',
      when: both(any(...isAtTheTop), none(...isAssistant)),
      points: 25,
      onUnknown: 'ask',
    },
    {
      key: 'in-charge',
      label: 'In charge of a team or a subject',
      when: both(any(...isInCharge), none(...isAtTheTop, ...isAssistant)),
      points: 15,
      onUnknown: 'no',
    },
    {
      key: 'size-core',
      label: 'Company of 50 to 5 000 people',
      when: { field: 'company.employees', operator: 'between', value: [50, 5_000] },
      points: 20,
      onUnknown: 'ask',
    },
    {
      key: 'size-small',
      label: 'Company of 10 to 49 people',
      when: { field: 'company.employees', operator: 'between', value: [10, 49] },
      points: 12,
      onUnknown: 'no',
    },
    {
      key: 'size-large',
      label: 'Company of more than 5 000 people',
      when: { field: 'company.employees', operator: '>', value: 5_000 },
      points: 12,
      onUnknown: 'no',
    },
    {
      key: 'work-address',
      label: 'Writes from work',
      when: { field: 'person.emailKind', operator: '=', value: 'work' },
      points: 15,
      onUnknown: 'no',
    },
    {
      key: 'throw-away-address',
      label: 'Writes from a throw-away address',
      when: { field: 'person.emailKind', operator: '=', value: 'disposable' },
      points: -20,
      onUnknown: 'no',
    },
    {
      key: 'market',
      label: 'In our market',
      when: any(
        {
          field: 'person.country',
          operator: 'in',
          value: ['FR', 'BE', 'CH', 'LU', 'DE', 'AT', 'NL', 'ES', 'PT', 'IT'],
        },
        {
          field: 'person.country',
          operator: 'in',
          value: ['GB', 'IE', 'DK', 'SE', 'NO', 'FI', 'PL', 'CZ', 'US', 'CA'],
        },
        {
          field: 'company.country',
          operator: 'in',
          value: ['FR', 'BE', 'CH', 'LU', 'DE', 'AT', 'NL', 'ES', 'PT', 'IT'],
        },
        {
          field: 'company.country',
          operator: 'in',
          value: ['GB', 'IE', 'DK', 'SE', 'NO', 'FI', 'PL', 'CZ', 'US', 'CA'],
        },
      ),
      points: 15,
      onUnknown: 'ask',
    },
    {
      key: 'budget',
      label: 'Named a budget',
      when: { field: 'request.budget', operator: 'notNull' },
      points: 10,
      onUnknown: 'no',
    },
    {
      key: 'timeline',
      label: 'Named a time',
      when: { field: 'request.timeline', operator: 'notNull' },
      points: 10,
      onUnknown: 'no',
    },
    {
      key: 'phone',
      label: 'Left a phone number',
      when: { field: 'person.phone', operator: 'notNull' },
      points: 5,
      onUnknown: 'no',
    },
  ],
  engagement: [
    { key: 'asked', label: 'Filled in a form', kind: 'form.submitted', points: 10, halfLifeDays: 30, cap: 20 },
    { key: 'attended', label: 'Attended a webinar', kind: 'webinar.attended', points: 35, halfLifeDays: 30, cap: 45 },
    {
      key: 'registered',
      label: 'Registered for a webinar',
      kind: 'webinar.registered',
      points: 8,
      halfLifeDays: 21,
      cap: 8,
    },
    {
      key: 'downloaded',
      label: 'Downloaded a document',
      kind: 'document.downloaded',
      points: 12,
      halfLifeDays: 21,
      cap: 24,
    },
    {
      key: 'looked-at-prices',
      label: 'Looked at prices',
      kind: 'page.viewed',
      when: any(
        { field: 'properties.url', operator: 'contains', value: 'pricing' },
        { field: 'properties.url', operator: 'contains', value: 'tarif' },
        { field: 'properties.path', operator: 'contains', value: 'pricing' },
        { field: 'properties.path', operator: 'contains', value: 'tarif' },
      ),
      points: 10,
      halfLifeDays: 14,
      cap: 20,
    },
    {
      key: 'came-back',
      label: 'Came back several times',
      kind: 'page.viewed',
      points: 3,
      halfLifeDays: 7,
      cap: 12,
      windowDays: 14,
      atLeast: 3,
    },
    { key: 'clicked', label: 'Clicked in a letter', kind: 'email.clicked', points: 10, halfLifeDays: 14, cap: 25 },
    { key: 'opened', label: 'Opened a letter', kind: 'email.opened', points: 1, halfLifeDays: 7, cap: 3 },
    { key: 'replied', label: 'Replied to a letter', kind: 'email.replied', points: 30, halfLifeDays: 21, cap: 30 },
    {
      key: 'talked',
      label: 'Talked to us and is interested',
      kind: 'call.reached',
      when: { field: 'properties.outcome', operator: 'in', value: ['RDV', 'PROJET', 'PISTE'] },
      points: 35,
      halfLifeDays: 30,
      cap: 35,
    },
    { key: 'company-news', label: 'News about the company', kind: 'company.*', points: 8, halfLifeDays: 60, cap: 16 },
  ],
  direct: [
    {
      key: 'asks-for-contact',
      label: 'Asks to be contacted',
      when: { field: 'request.asksForContact', operator: '=', value: true },
    },
  ],
  disqualify: [
    {
      key: 'student',
      label: 'Studies or looks for an internship',
      when: any(...titleContains('student', 'étudiant', 'etudiant', 'stagiaire'), {
        field: title,
        operator: 'in',
        value: ['intern', 'trainee', 'pupil', 'apprenti', 'apprentie', 'alternant', 'alternante'],
      }),
      reason: 'student',
    },
    {
      key: 'job-seeker',
      label: 'Applies for a job',
      when: any(
        { field: 'request.message', operator: 'contains', value: 'curriculum vitae' },
        { field: 'request.message', operator: 'contains', value: 'lettre de motivation' },
        { field: 'request.message', operator: 'contains', value: 'job application' },
      ),
      reason: 'job-seeker',
    },
    {
      key: 'competitor',
      label: 'Works for a competitor',
      when: any(
        { field: 'company.domain', operator: 'matchesDomain', value: 'competitor.example' },
        { field: 'person.email', operator: 'matchesDomain', value: 'competitor.example' },
      ),
      reason: 'competitor',
    },
  ],
  thresholds: {
    fit: 40,
    engagement: 30,
    grid: { fit: { A: 60, B: 40 }, engagement: { 1: 50, 2: 30 } },
    temperature: { hot: ['A1', 'A2', 'B1'], warm: ['A3', 'B2', 'C1'] },
  },
};
